// Angles in the plane and rotations of space, which are quaternions of length 1, [w, x, y, z].

/** Degrees from the right, counted upwards, 0 to 360. */
export function degrees(row) {
  return ((Math.atan2(row[1], row[0]) * 180) / Math.PI + 360) % 360;
}

/** The cross product of two rows of three numbers. */
export function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** The quaternion of the inverse rotation. */
export function inverse([w, x, y, z]) {
  return [w, -x, -y, -z];
}

/** The product of two quaternions: the second rotation, then the first. */
export function product([a, b, c, d], [w, x, y, z]) {
  return [
    a * w - b * x - c * y - d * z,
    a * x + b * w + c * z - d * y,
    a * y - b * z + c * w + d * x,
    a * z + b * y - c * x + d * w,
  ];
}

/** A row of three numbers, rotated by a quaternion of length 1. */
export function rotated(row, turn) {
  return product(product(turn, [0, ...row]), inverse(turn)).slice(1);
}
