"""What every front end shares: readings of a scene, sentences about them, planes to see them in, descents, missions."""
