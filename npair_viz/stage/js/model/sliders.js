// What a slider's place means.

const STEPS_A_DECADE = 50;
const ROUND_TAOS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5]; // a slider rests on them
const LEAST_L2_REG = 1e-4; // what the slider's first step beyond 0 means

/** The tao that a slider's place means. */
export function taoOfSlider(place) {
  const tao = 10 ** (Number(place) / STEPS_A_DECADE);
  const round = ROUND_TAOS.find((one) => Math.abs(Math.log10(one / tao)) < 0.5 / STEPS_A_DECADE);
  return round ?? Number(tao.toPrecision(3));
}

/** The l2_reg that a slider's place means; its first place is 0. */
export function l2OfSlider(place) {
  return Number(place) <= 0 ? 0 : Number((LEAST_L2_REG * 10 ** ((Number(place) - 1) / 10)).toPrecision(2));
}

/** The place of a tao on its slider. */
export function sliderOfTao(tao) {
  return Math.round(STEPS_A_DECADE * Math.log10(tao));
}

/** The place of an l2_reg on its slider. */
export function sliderOfL2(l2_reg) {
  return l2_reg <= 0 ? 0 : Math.max(1, Math.round(10 * Math.log10(l2_reg / LEAST_L2_REG)) + 1);
}
