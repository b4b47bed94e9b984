import { milliseconds } from "../../../../sandbox/live/controllers/duration";

test.each([
  ["5m", 300_000],
  ["2160h0m0s", 7_776_000_000],
  ["1h30m", 5_400_000],
  ["1.5s", 1500],
  ["250ms", 250],
  ["0", 0],
  ["5", undefined],
  ["five minutes", undefined],
  [undefined, undefined],
])("%s is %s milliseconds", (duration, expected) => {
  expect(milliseconds(duration)).toBe(expected);
});
