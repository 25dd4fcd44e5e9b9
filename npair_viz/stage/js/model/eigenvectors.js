// The two largest eigenvalues of a symmetric matrix with their vectors: by mirrors to a tridiagonal matrix, whose
// eigenvalues are counted and whose vectors come by inverse iteration (Golub and Van Loan, 8.3 to 8.4).

import { dot, norm, plus, unit } from "./loss.js";

const SMALLEST = 1e-280; // a matrix of zeros has pivots, too
const SWEEPS = 3; // of the inverse iteration, which nearly always needs one

/** [{ value, vector }, { value, vector }] of a symmetric positive matrix (m, m), the larger first; m = 1 has one. */
export function topTwo(matrix) {
  const { diagonal, next, mirrors } = tridiagonal(matrix);
  const size = Math.max(...diagonal.map(Math.abs), ...next.map(Math.abs), SMALLEST);
  const found = [];
  for (let k = 0; k < Math.min(2, diagonal.length); k++) {
    const value = eigenvalue(diagonal, next, k, 3 * size);
    const rest = (vector) => unit(found.reduce((left, { bare }) => plus(left, bare, -dot(left, bare)), vector));
    let bare = rest(Float64Array.from(diagonal, (_, i) => Math.cos((k + 1) * (i + 1))));
    for (let sweep = 0; sweep < SWEEPS; sweep++) bare = rest(unit(solved(diagonal, next, value, bare, 1e-16 * size)));
    found.push({ value, bare });
  }
  return found.map(({ value, bare }) => ({ value, vector: mirrored(bare, mirrors) }));
}

// The diagonals of the matrix between mirrors I - 2·v·vᵀ, and the v of each mirror, which leaves its first places alone.
function tridiagonal(given) {
  const matrix = given.map((row) => Float64Array.from(row));
  const m = matrix.length;
  const [mirrors, next] = [[], []];
  for (let k = 0; k < m - 1; k++) {
    const mirror = new Float64Array(m);
    for (let i = k + 1; i < m; i++) mirror[i] = matrix[i][k];
    const length = norm(mirror);
    const end = mirror[k + 1] > 0 ? -length : length;
    mirror[k + 1] -= end;
    next.push(end);
    mirrors.push(unit(mirror));
    reflect(matrix, mirrors[k], k + 1);
  }
  return { diagonal: matrix.map((row, i) => row[i]), next, mirrors };
}

// Both sides of the matrix from `first` on in a mirror, in place.
function reflect(matrix, mirror, first) {
  const m = matrix.length;
  const image = new Float64Array(m);
  for (let i = first; i < m; i++) {
    const row = matrix[i];
    let sum = 0;
    for (let j = first; j < m; j++) sum += row[j] * mirror[j];
    image[i] = sum;
  }
  const along = dot(image, mirror);
  for (let i = first; i < m; i++) image[i] -= along * mirror[i];
  for (let i = first; i < m; i++) {
    const [row, v, w] = [matrix[i], 2 * mirror[i], 2 * image[i]];
    for (let j = first; j < m; j++) row[j] -= v * image[j] + w * mirror[j];
  }
}

function mirrored(vector, mirrors) {
  return mirrors.reduceRight((image, mirror) => plus(image, mirror, -2 * dot(image, mirror)), vector);
}

// The eigenvalue that k others are larger than, by halving.
function eigenvalue(diagonal, next, k, bound) {
  let [low, high] = [-bound, bound];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (countAbove(diagonal, next, middle) > k) low = middle;
    else high = middle;
  }
}

// How many eigenvalues are larger than x: the signs of the pivots of the matrix less x (Sylvester).
function countAbove(diagonal, next, x) {
  let [count, pivot] = [0, 1];
  for (let i = 0; i < diagonal.length; i++) {
    pivot = diagonal[i] - x - (i ? next[i - 1] ** 2 / pivot : 0);
    if (pivot === 0) pivot = -Number.MIN_VALUE;
    if (pivot > 0) count++;
  }
  return count;
}

// The solution of (T - shift)·x = right, by elimination with row swaps; a pivot of 0 counts as `tiny`.
function solved(diagonal, next, shift, right, tiny) {
  const m = diagonal.length;
  const x = Float64Array.from(right);
  const rows = Array.from({ length: m }, (_, i) => [diagonal[i] - shift, next[i] ?? 0, 0]);
  for (let i = 0; i < m - 1; i++) {
    let lower = [next[i], rows[i + 1][0], rows[i + 1][1]];
    if (Math.abs(lower[0]) > Math.abs(rows[i][0])) {
      [rows[i], lower] = [lower, rows[i]];
      [x[i], x[i + 1]] = [x[i + 1], x[i]];
    }
    rows[i][0] ||= tiny;
    const factor = lower[0] / rows[i][0];
    rows[i + 1] = [lower[1] - factor * rows[i][1], lower[2] - factor * rows[i][2], 0];
    x[i + 1] -= factor * x[i];
  }
  for (let i = m - 1; i >= 0; i--) {
    const [pivot, one, two] = rows[i];
    x[i] = (x[i] - one * (x[i + 1] ?? 0) - two * (x[i + 2] ?? 0)) / (pivot || tiny);
  }
  return x;
}
