// Written by `make constants`, tools/write_constants.py, from what Python says: change it there.

export const SURFACES = ["sphere", "plane"];
export const POINTS = ["anchor", "positive"];
export const VIEWS = ["anchor plane", "principal axes"];
export const DTYPES = ["float64", "float32", "bfloat16", "float16"];
export const DRAWERS = ["shares", "loss so far", "loss over tao", "phase map", "settings"];
export const LOOKS = ["view", "drawer", "landscape"];
export const CHOOSES_POINTS = ["scene", "policy", "n_classes", "seed", "labels"];
export const SETTINGS = ["scene", "selected", "point", "tao", "l2_reg", "normalize", "surface", "objective", "policy",
  "n_classes", "seed", "dtype", "same", "view", "drawer", "landscape", "steps"];
export const OBJECTIVES = ["mc", "ovo"];
export const POLICIES = ["random", "first", "hardest"];
export const MOST_PAIRS = 64;
export const FARTHEST = 10000;
export const RESTING_L2_REG = 0.02;
export const LEAST_L2_REG = 1e-09;
export const LARGEST_SEED = 1000000;
export const SEARCHED_DIMENSIONS = 3;
export const RATE = 0.1;
export const STEADY = 5;
export const LARGEST_RAW_RING = 13;
export const SURE = 0.9;
export const ALIKE = 0.01;
export const TIED = 0.005;
export const TIED_RATIO = 1.2;
export const WHOLE_PERCENT = 0.095;
export const LEAST_CHANGE = 0.01;
export const MOST_OF_CHANGE = 0.5;
export const MOST_OF_PUSH = 0.6;
export const FAR_ABOVE_CHANCE = 1.05;
export const NEARLY = 0.005;
export const TINY = 1e-12;
export const ALONE = "Only one pair: nobody to confuse it with.";
export const MOVE = 420;
export const CLASS_COLOURS = ["#E69F00", "#56B4E9", "#7BC68E", "#F0E442", "#D685B6"];
export const OTHERS = "rgb(166, 166, 166)";
export const SCALE_COLOURS = ["#440154", "#3B528B", "#21918C", "#5EC962", "#FDE725"];
export const SHAPES = {"anchor": "M0-17A17 17 0 1 1 0 17A17 17 0 1 1 0-17Z", "partner": "M0-22L22 0L0 22L-22 0Z", "negative": "M-16-16H16V16H-16Z"};
export const BOARD = 448;
export const CIRCLE_REACH = 1.3;
export const LANE = 0.05;
export const ROLE_WORDS = {"anchor": "anchor", "partner": "its partner", "negative": "negative"};
export const TAO_POWERS = [-2, 2, 81];
export const L2_REG_POWERS = [-4, 1, 51];
export const FLOOR_STRIDE = 4;
export const MAP_STRIDE = 2;
export const MAP_TOP = 4;
export const RANGES = {"tao": [0.01, 100], "l2_reg": [0, 10]};
export const SAME_PLACE = 1e-09;
export const DEFAULTS = {"scene": "line-up", "selected": 0, "point": "anchor", "tao": 0.5, "l2_reg": 0, "normalize": true, "surface": "sphere", "objective": "mc", "policy": "first", "n_classes": null, "seed": 0, "dtype": "float64", "same": [], "view": "anchor plane", "drawer": "", "landscape": false, "steps": 0, "version": 2};
export const SLIDER_TAOS = [0.01, 0.0105, 0.011, 0.0115, 0.012, 0.0126, 0.0132, 0.0138, 0.0145, 0.0151, 0.0158, 0.0166,
  0.0174, 0.0182, 0.0191, 0.02, 0.0209, 0.0219, 0.0229, 0.024, 0.0251, 0.0263, 0.0275, 0.0288, 0.0302, 0.0316, 0.0331,
  0.0347, 0.0363, 0.038, 0.0398, 0.0417, 0.0437, 0.0457, 0.0479, 0.05, 0.0525, 0.055, 0.0575, 0.0603, 0.0631, 0.0661,
  0.0692, 0.0724, 0.0759, 0.0794, 0.0832, 0.0871, 0.0912, 0.0955, 0.1, 0.105, 0.11, 0.115, 0.12, 0.126, 0.132, 0.138,
  0.145, 0.151, 0.158, 0.166, 0.174, 0.182, 0.191, 0.2, 0.209, 0.219, 0.229, 0.24, 0.251, 0.263, 0.275, 0.288, 0.302,
  0.316, 0.331, 0.347, 0.363, 0.38, 0.398, 0.417, 0.437, 0.457, 0.479, 0.5, 0.525, 0.55, 0.575, 0.603, 0.631, 0.661,
  0.692, 0.724, 0.759, 0.794, 0.832, 0.871, 0.912, 0.955, 1, 1.05, 1.1, 1.15, 1.2, 1.26, 1.32, 1.38, 1.45, 1.51, 1.58,
  1.66, 1.74, 1.82, 1.91, 2, 2.09, 2.19, 2.29, 2.4, 2.51, 2.63, 2.75, 2.88, 3.02, 3.16, 3.31, 3.47, 3.63, 3.8, 3.98,
  4.17, 4.37, 4.57, 4.79, 5, 5.25, 5.5, 5.75, 6.03, 6.31, 6.61, 6.92, 7.24, 7.59, 7.94, 8.32, 8.71, 9.12, 9.55, 10,
  10.5, 11, 11.5, 12, 12.6, 13.2, 13.8, 14.5, 15.1, 15.8, 16.6, 17.4, 18.2, 19.1, 20, 20.9, 21.9, 22.9, 24, 25.1, 26.3,
  27.5, 28.8, 30.2, 31.6, 33.1, 34.7, 36.3, 38, 39.8, 41.7, 43.7, 45.7, 47.9, 50.1, 52.5, 55, 57.5, 60.3, 63.1, 66.1,
  69.2, 72.4, 75.9, 79.4, 83.2, 87.1, 91.2, 95.5, 100];
export const SLIDER_L2_REGS = [0, 0.0001, 0.000125, 0.00016, 0.0002, 0.00025, 0.00032, 0.0004, 0.0005, 0.00063, 0.0008,
  0.001, 0.00125, 0.0016, 0.002, 0.0025, 0.0032, 0.004, 0.005, 0.0063, 0.008, 0.01, 0.0125, 0.016, 0.02, 0.025, 0.032,
  0.04, 0.05, 0.063, 0.08, 0.1, 0.125, 0.16, 0.2, 0.25, 0.32, 0.4, 0.5, 0.63, 0.8, 1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3,
  8, 10];
