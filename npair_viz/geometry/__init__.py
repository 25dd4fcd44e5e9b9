"""What every front end shares: readings of a scene, sentences about them, projections, descents, missions."""
