// A small random generator (SplitMix64, Steele, Lea & Flood 2014), one state a stream, so that every run is a seed.
#ifndef RANDOM_H
#define RANDOM_H
#include <stdint.h>

typedef uint64_t Random;

static inline uint64_t random_bits(Random *state) {
  uint64_t z = (*state += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

/** From 0, included, to 1, excluded. */
static inline float random_unit(Random *state) { return (float)(random_bits(state) >> 40) * (1.0f / 16777216.0f); }

/** From 0 to count − 1. */
static inline int random_below(Random *state, int count) { return (int)((random_bits(state) >> 33) % (uint64_t)count); }

#endif
