/** Width of the smoothing and size of the grid, where an axis is 1 long. */
const BANDWIDTH = 0.1;
const CELLS = 30;
/** Below this sum of weights there are too few trials near a point. */
const LEAST_WEIGHT = 0.3;
const MOST_POINTS = 2_000;

/** Smooths [[x, y, value]] with x and y from 0 to 1: a grid of values, null where there are no trials. */
function smoothed(points) {
  const some = points.slice(-MOST_POINTS);
  const grid = [];
  for (let row = 0; row <= CELLS; row++) {
    const line = [];
    for (let column = 0; column <= CELLS; column++) {
      let sum = 0;
      let weights = 0;
      for (const [x, y, value] of some) {
        const weight = Math.exp(-((x - column / CELLS) ** 2 + (y - row / CELLS) ** 2) / (2 * BANDWIDTH ** 2));
        sum += weight * value;
        weights += weight;
      }
      line.push(weights < LEAST_WEIGHT ? null : sum / weights);
    }
    grid.push(line);
  }
  return grid;
}

/** Where the line crosses the edge between two corners; null if it does not. */
function crossing([ax, ay, a], [bx, by, b], level) {
  if (a > level === b > level) {
    return null;
  }
  const share = (level - a) / (b - a);
  return [(ax + share * (bx - ax)) / CELLS, (ay + share * (by - ay)) / CELLS];
}

/** The pieces of the line of one level: pairs of points (marching squares). */
function line(grid, level) {
  const pieces = [];
  for (let row = 0; row < CELLS; row++) {
    for (let column = 0; column < CELLS; column++) {
      const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([dx, dy]) => [column + dx, row + dy, grid[row + dy][column + dx]]);
      if (corners.some((corner) => corner[2] === null)) {
        continue;
      }
      const found = corners.map((corner, i) => crossing(corner, corners[(i + 1) % 4], level)).filter(Boolean);
      for (let i = 0; i + 1 < found.length; i += 2) {
        pieces.push([found[i], found[i + 1]]);
      }
    }
  }
  return pieces;
}

/** Lines of equal values through [[x, y, value]], one list of pieces for each level. */
export function isolines(points, levels) {
  const grid = smoothed(points);
  return levels.map((level) => line(grid, level));
}
