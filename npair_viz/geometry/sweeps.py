"""Which temperatures and penalties the page sweeps for its curve over tao and its map of lengths."""

TAO_POWERS, L2_REG_POWERS = (-2, 2, 81), (-4, 1, 51)  # of ten: the first, the last, and how many there are
FLOOR_STRIDE, MAP_STRIDE = 4, 2  # every 4th tao has a floor, every 2nd a column in the map
MAP_TOP = 4.0  # lengths beyond this have one colour: most of the map lies below
