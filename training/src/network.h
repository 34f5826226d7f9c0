// The network: RMSNorm before each half, rotary positions, a squared-ReLU MLP without a gate, the embedding tied.
// It is GGUF's architecture "arcee"; rotary pairs are neighbours, as there, so that its weights go out as they are.
#ifndef NETWORK_H
#define NETWORK_H
#include "vocabulary.h"
#include <stddef.h>

enum {
  WIDTH = 128,
  LAYERS = 3,
  HEAD_WIDTH = 32,
  HEADS = WIDTH / HEAD_WIDTH,
  HIDDEN = 4 * WIDTH,
  WINDOW = 544,
  PARAMETERS = VOCABULARY * WIDTH + LAYERS * (2 * WIDTH + 3 * WIDTH * WIDTH + WIDTH * WIDTH + 2 * HIDDEN * WIDTH) + WIDTH
};
#define ROTARY_BASE 2000.0f
#define NORM_EPSILON 1e-6f

typedef struct {
  float *attention_norm; // WIDTH
  float *qkv;            // 3·WIDTH × WIDTH
  float *output;         // WIDTH × WIDTH
  float *mlp_norm;       // WIDTH
  float *up;             // HIDDEN × WIDTH
  float *down;           // WIDTH × HIDDEN
} Layer;

typedef struct {
  float *all; // PARAMETERS floats, in the order below
  float *embedding; // VOCABULARY × WIDTH
  Layer layers[LAYERS];
  float *final_norm; // WIDTH
} Network;

float *new_floats(size_t count); // zeroed, aligned
Network new_network(void);
void draw_network(Network *network, unsigned long long seed);
void save_network(const char *path, const Network *network);
void load_network(const char *path, Network *network); // ends the program if it cannot

/** root-mean-square norm of `rows` rows; `scales` keeps 1/rms of each for the way back. */
void normalize(int rows, const float *x, const float *gain, float *out, float *scales);

/** Turns query or key of one position (all heads); `back` undoes it. */
void rotate(float *vector, int position, int back);

/** Texts laid one behind the other, with what is needed on the way back. One a thread. */
typedef struct {
  int tokens, texts, most_tokens;
  int *starts;    // where each text begins, and the end
  int *token, *next;
  float *weight;  // how much each next token counts in the loss; may be negative (an advantage)
  float *x[LAYERS + 1], *middle[LAYERS], *norm1[LAYERS], *norm2[LAYERS], *scale1[LAYERS], *scale2[LAYERS];
  float *qkv[LAYERS], *attention[LAYERS], *mixed[LAYERS], *hidden[LAYERS], *active[LAYERS];
  float *final, *final_scale, *logits;
  float *d_x, *d_norm, *d_qkv, *d_hidden, *d_scores;
  Network gradient;
  double loss, weight_sum, entropy;
  long learnt; // tokens with a weight
} Batch;

Batch *new_batch(int most_tokens);
void clear_batch(Batch *batch);
/** Adds a text; the first `unlearnt` tokens are not learnt, the others weigh `weight`. 0 if it does not fit. */
int add_text(Batch *batch, const int *tokens, int count, int unlearnt, float weight);
/** Forward and backward; adds to `batch->gradient`, and sets loss, entropy and counts. */
void learn(Batch *batch, const Network *network, int with_gradient);

typedef struct {
  float *first, *second; // moments
  long steps;
} Adam;

Adam new_adam(void);
/** One step over the summed gradients of the batches (which are cleared). Gradient times `scale`, clipped at norm 1. Returns the norm. */
double adam_step(Adam *adam, Network *network, Batch **batches, int count, float rate, float decay, float scale);

#endif
