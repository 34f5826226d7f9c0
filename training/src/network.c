#include "network.h"
#include "gemm.h"
#include "random.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[8] = "tinynet1";

float *new_floats(size_t count) {
  size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
  float *floats = aligned_alloc(64, bytes);
  if (!floats) {
    fprintf(stderr, "no memory for %zu floats\n", count);
    exit(1);
  }
  memset(floats, 0, bytes);
  return floats;
}

Network new_network(void) {
  Network network = {.all = new_floats(PARAMETERS)};
  float *at = network.all;
  network.embedding = at, at += VOCABULARY * WIDTH;
  for (int l = 0; l < LAYERS; l++) {
    Layer *layer = &network.layers[l];
    layer->attention_norm = at, at += WIDTH;
    layer->qkv = at, at += 3 * WIDTH * WIDTH;
    layer->output = at, at += WIDTH * WIDTH;
    layer->mlp_norm = at, at += WIDTH;
    layer->up = at, at += HIDDEN * WIDTH;
    layer->down = at, at += WIDTH * HIDDEN;
  }
  network.final_norm = at;
  return network;
}

static float draw_normal(Random *random) {
  float u = random_unit(random) + 1e-9f, v = random_unit(random);
  return sqrtf(-2 * logf(u)) * cosf(6.2831853f * v);
}

static void draw_matrix(Random *random, float *out, int count, float deviation) {
  for (int i = 0; i < count; i++) out[i] = draw_normal(random) * deviation;
}

void draw_network(Network *network, unsigned long long seed) {
  Random random = seed;
  float in = 1 / sqrtf(WIDTH), residual = 1 / sqrtf(2 * LAYERS);
  draw_matrix(&random, network->embedding, VOCABULARY * WIDTH, 0.05f);
  for (int l = 0; l < LAYERS; l++) {
    Layer *layer = &network->layers[l];
    for (int i = 0; i < WIDTH; i++) layer->attention_norm[i] = layer->mlp_norm[i] = 1;
    draw_matrix(&random, layer->qkv, 3 * WIDTH * WIDTH, in);
    draw_matrix(&random, layer->output, WIDTH * WIDTH, in * residual);
    draw_matrix(&random, layer->up, HIDDEN * WIDTH, in);
    draw_matrix(&random, layer->down, WIDTH * HIDDEN, residual / sqrtf(HIDDEN));
  }
  for (int i = 0; i < WIDTH; i++) network->final_norm[i] = 1;
}

void save_network(const char *path, const Network *network) {
  char partial[1024];
  snprintf(partial, sizeof partial, "%s.partial", path);
  FILE *file = fopen(partial, "wb");
  int shape[6] = {VOCABULARY, WIDTH, LAYERS, HEADS, HIDDEN, WINDOW};
  if (!file || fwrite(magic, 1, 8, file) != 8 || fwrite(shape, 4, 6, file) != 6 ||
      fwrite(network->all, 4, PARAMETERS, file) != PARAMETERS || fclose(file) || rename(partial, path)) {
    perror(path);
    exit(1);
  }
}

void load_network(const char *path, Network *network) {
  FILE *file = fopen(path, "rb");
  char begin[8];
  int shape[6];
  if (!file || fread(begin, 1, 8, file) != 8 || memcmp(begin, magic, 8) || fread(shape, 4, 6, file) != 6) {
    fprintf(stderr, "%s: not a network of this program\n", path);
    exit(1);
  }
  if (shape[1] != WIDTH || shape[2] != LAYERS || fread(network->all, 4, PARAMETERS, file) != PARAMETERS) {
    fprintf(stderr, "%s: has another shape\n", path);
    exit(1);
  }
  fclose(file);
}

void normalize(int rows, const float *x, const float *gain, float *out, float *scales) {
  for (int i = 0; i < rows; i++, x += WIDTH, out += WIDTH) {
    float sum = 0;
    for (int j = 0; j < WIDTH; j++) sum += x[j] * x[j];
    float scale = scales[i] = 1 / sqrtf(sum / WIDTH + NORM_EPSILON);
    for (int j = 0; j < WIDTH; j++) out[j] = x[j] * scale * gain[j];
  }
}

static void normalize_back(int rows, const float *x, const float *gain, const float *scales, const float *d_out, float *d_x, float *d_gain) {
  for (int i = 0; i < rows; i++, x += WIDTH, d_out += WIDTH, d_x += WIDTH) {
    float scale = scales[i], along = 0;
    for (int j = 0; j < WIDTH; j++) {
      along += x[j] * d_out[j] * gain[j];
      d_gain[j] += d_out[j] * x[j] * scale;
    }
    along *= scale * scale * scale / WIDTH;
    for (int j = 0; j < WIDTH; j++) d_x[j] += d_out[j] * gain[j] * scale - x[j] * along;
  }
}

void rotate(float *vector, int position, int back) {
  static float cosines[WINDOW][HEAD_WIDTH / 2], sines[WINDOW][HEAD_WIDTH / 2];
  static int is_ready = 0;
  if (!is_ready) {
#pragma omp critical(rotary)
    if (!is_ready) {
      for (int p = 0; p < WINDOW; p++)
        for (int j = 0; j < HEAD_WIDTH / 2; j++) {
          double angle = p * pow(ROTARY_BASE, -2.0 * j / HEAD_WIDTH);
          cosines[p][j] = (float)cos(angle);
          sines[p][j] = (float)sin(angle);
        }
#pragma omp flush
      is_ready = 1;
    }
  }
  for (int h = 0; h < HEADS; h++, vector += HEAD_WIDTH)
    for (int j = 0; j < HEAD_WIDTH / 2; j++) {
      float c = cosines[position][j], s = back ? -sines[position][j] : sines[position][j];
      float a = vector[2 * j], b = vector[2 * j + 1];
      vector[2 * j] = a * c - b * s;
      vector[2 * j + 1] = a * s + b * c;
    }
}

Batch *new_batch(int most) {
  Batch *batch = calloc(1, sizeof(Batch));
  batch->most_tokens = most;
  batch->starts = calloc((size_t)most + 1, sizeof(int));
  batch->token = calloc((size_t)most, sizeof(int));
  batch->next = calloc((size_t)most, sizeof(int));
  batch->weight = new_floats((size_t)most);
  size_t wide = (size_t)most * WIDTH;
  for (int l = 0; l <= LAYERS; l++) batch->x[l] = new_floats(wide);
  for (int l = 0; l < LAYERS; l++) {
    batch->middle[l] = new_floats(wide);
    batch->norm1[l] = new_floats(wide);
    batch->norm2[l] = new_floats(wide);
    batch->scale1[l] = new_floats((size_t)most);
    batch->scale2[l] = new_floats((size_t)most);
    batch->qkv[l] = new_floats(3 * wide);
    batch->attention[l] = new_floats((size_t)most * WINDOW * HEADS);
    batch->mixed[l] = new_floats(wide);
    batch->hidden[l] = new_floats((size_t)most * HIDDEN);
    batch->active[l] = new_floats((size_t)most * HIDDEN);
  }
  batch->final = new_floats(wide);
  batch->final_scale = new_floats((size_t)most);
  batch->logits = new_floats((size_t)most * VOCABULARY);
  batch->d_x = new_floats(wide);
  batch->d_norm = new_floats(wide);
  batch->d_qkv = new_floats(3 * wide);
  batch->d_hidden = new_floats((size_t)most * HIDDEN);
  batch->d_scores = new_floats((size_t)WINDOW * WINDOW);
  batch->gradient = new_network();
  return batch;
}

void clear_batch(Batch *batch) { batch->tokens = batch->texts = 0; }

int add_text(Batch *batch, const int *tokens, int count, int unlearnt, float weight) {
  int from = batch->tokens, length = count - 1; // the last token is only ever predicted
  if (from + length > batch->most_tokens || length > WINDOW) return 0;
  for (int i = 0; i < length; i++) {
    batch->token[from + i] = tokens[i];
    batch->next[from + i] = tokens[i + 1];
    batch->weight[from + i] = i + 1 < unlearnt ? 0 : weight;
  }
  batch->tokens = from + length;
  batch->starts[batch->texts++] = from;
  batch->starts[batch->texts] = batch->tokens;
  return 1;
}

static const float attention_scale = 0.17677669529f; // 1/√32

/** In place: scores of `length` queries to softmax over the past; the future is 0. */
static void soften(float *scores, int length) {
  for (int i = 0; i < length; i++) {
    float *row = scores + (size_t)i * length, most = -1e30f, sum = 0;
    for (int j = 0; j <= i; j++) {
      row[j] *= attention_scale;
      if (row[j] > most) most = row[j];
    }
    for (int j = 0; j <= i; j++) sum += row[j] = expf(row[j] - most);
    float share = 1 / sum;
    for (int j = 0; j <= i; j++) row[j] *= share;
    for (int j = i + 1; j < length; j++) row[j] = 0;
  }
}

static void attend(Batch *b, int l) {
  float *scores = b->attention[l];
  for (int s = 0; s < b->texts; s++) {
    int from = b->starts[s], length = b->starts[s + 1] - from;
    for (int t = 0; t < length; t++) {
      float *q = b->qkv[l] + (size_t)(from + t) * 3 * WIDTH;
      rotate(q, t, 0);
      rotate(q + WIDTH, t, 0);
    }
    for (int h = 0; h < HEADS; h++) {
      float *q = b->qkv[l] + (size_t)from * 3 * WIDTH + h * HEAD_WIDTH;
      times_transposed(length, length, HEAD_WIDTH, q, 3 * WIDTH, q + WIDTH, 3 * WIDTH, 0, scores, length);
      soften(scores, length);
      times(length, HEAD_WIDTH, length, scores, length, q + 2 * WIDTH, 3 * WIDTH, 0, b->mixed[l] + (size_t)from * WIDTH + h * HEAD_WIDTH, WIDTH);
      scores += (size_t)length * length;
    }
  }
}

static void attend_back(Batch *b, int l) {
  float *scores = b->attention[l];
  for (int s = 0; s < b->texts; s++) {
    int from = b->starts[s], length = b->starts[s + 1] - from;
    for (int h = 0; h < HEADS; h++) {
      float *q = b->qkv[l] + (size_t)from * 3 * WIDTH + h * HEAD_WIDTH, *d_q = b->d_qkv + (size_t)from * 3 * WIDTH + h * HEAD_WIDTH;
      float *d_mixed = b->d_norm + (size_t)from * WIDTH + h * HEAD_WIDTH;
      transposed_times(length, HEAD_WIDTH, length, scores, length, d_mixed, WIDTH, 0, d_q + 2 * WIDTH, 3 * WIDTH);
      times_transposed(length, length, HEAD_WIDTH, d_mixed, WIDTH, q + 2 * WIDTH, 3 * WIDTH, 0, b->d_scores, length);
      for (int i = 0; i < length; i++) {
        float *row = scores + (size_t)i * length, *d = b->d_scores + (size_t)i * length, along = 0;
        for (int j = 0; j <= i; j++) along += row[j] * d[j];
        for (int j = 0; j <= i; j++) d[j] = row[j] * (d[j] - along) * attention_scale;
        for (int j = i + 1; j < length; j++) d[j] = 0;
      }
      times(length, HEAD_WIDTH, length, b->d_scores, length, q + WIDTH, 3 * WIDTH, 0, d_q, 3 * WIDTH);
      transposed_times(length, HEAD_WIDTH, length, b->d_scores, length, q, 3 * WIDTH, 0, d_q + WIDTH, 3 * WIDTH);
      scores += (size_t)length * length;
    }
    for (int t = 0; t < length; t++) {
      float *d_q = b->d_qkv + (size_t)(from + t) * 3 * WIDTH;
      rotate(d_q, t, 1);
      rotate(d_q + WIDTH, t, 1);
    }
  }
}

/** Logits to the gradient of −Σ weight·log p(next), in place, with the loss and the entropy. */
static void judge(Batch *b) {
  b->loss = b->weight_sum = b->entropy = 0;
  b->learnt = 0;
  for (int i = 0; i < b->tokens; i++) {
    float *z = b->logits + (size_t)i * VOCABULARY, weight = b->weight[i];
    if (weight == 0) {
      memset(z, 0, sizeof(float) * VOCABULARY);
      continue;
    }
    float most = -1e30f, sum = 0, tilted = 0;
    for (int j = 0; j < VOCABULARY; j++)
      if (z[j] > most) most = z[j];
    float chosen = z[b->next[i]] - most;
    for (int j = 0; j < VOCABULARY; j++) {
      float above = z[j] - most;
      z[j] = expf(above);
      sum += z[j];
      tilted += z[j] * above;
    }
    b->loss -= (double)weight * (chosen - logf(sum));
    b->weight_sum += weight;
    b->entropy += logf(sum) - tilted / sum;
    b->learnt++;
    for (int j = 0; j < VOCABULARY; j++) z[j] *= weight / sum;
    z[b->next[i]] -= weight;
  }
}

static void go_forward(Batch *b, const Network *net) {
  int n = b->tokens;
  for (int i = 0; i < n; i++) memcpy(b->x[0] + (size_t)i * WIDTH, net->embedding + b->token[i] * WIDTH, sizeof(float) * WIDTH);
  for (int l = 0; l < LAYERS; l++) {
    const Layer *layer = &net->layers[l];
    normalize(n, b->x[l], layer->attention_norm, b->norm1[l], b->scale1[l]);
    times_transposed(n, 3 * WIDTH, WIDTH, b->norm1[l], WIDTH, layer->qkv, WIDTH, 0, b->qkv[l], 3 * WIDTH);
    attend(b, l);
    memcpy(b->middle[l], b->x[l], sizeof(float) * (size_t)n * WIDTH);
    times_transposed(n, WIDTH, WIDTH, b->mixed[l], WIDTH, layer->output, WIDTH, 1, b->middle[l], WIDTH);
    normalize(n, b->middle[l], layer->mlp_norm, b->norm2[l], b->scale2[l]);
    times_transposed(n, HIDDEN, WIDTH, b->norm2[l], WIDTH, layer->up, WIDTH, 0, b->hidden[l], HIDDEN);
    for (size_t i = 0; i < (size_t)n * HIDDEN; i++) {
      float positive = b->hidden[l][i] > 0 ? b->hidden[l][i] : 0;
      b->active[l][i] = positive * positive;
    }
    memcpy(b->x[l + 1], b->middle[l], sizeof(float) * (size_t)n * WIDTH);
    times_transposed(n, WIDTH, HIDDEN, b->active[l], HIDDEN, layer->down, HIDDEN, 1, b->x[l + 1], WIDTH);
  }
  normalize(n, b->x[LAYERS], net->final_norm, b->final, b->final_scale);
  times_transposed(n, VOCABULARY, WIDTH, b->final, WIDTH, net->embedding, WIDTH, 0, b->logits, VOCABULARY);
}

static void go_back(Batch *b, const Network *net) {
  int n = b->tokens;
  Network *g = &b->gradient;
  times(n, WIDTH, VOCABULARY, b->logits, VOCABULARY, net->embedding, WIDTH, 0, b->d_norm, WIDTH);
  transposed_times(VOCABULARY, WIDTH, n, b->logits, VOCABULARY, b->final, WIDTH, 1, g->embedding, WIDTH);
  memset(b->d_x, 0, sizeof(float) * (size_t)n * WIDTH);
  normalize_back(n, b->x[LAYERS], net->final_norm, b->final_scale, b->d_norm, b->d_x, g->final_norm);
  for (int l = LAYERS - 1; l >= 0; l--) {
    const Layer *layer = &net->layers[l];
    Layer *d = &g->layers[l];
    times(n, HIDDEN, WIDTH, b->d_x, WIDTH, layer->down, HIDDEN, 0, b->d_hidden, HIDDEN);
    transposed_times(WIDTH, HIDDEN, n, b->d_x, WIDTH, b->active[l], HIDDEN, 1, d->down, HIDDEN);
    for (size_t i = 0; i < (size_t)n * HIDDEN; i++) b->d_hidden[i] *= b->hidden[l][i] > 0 ? 2 * b->hidden[l][i] : 0;
    transposed_times(HIDDEN, WIDTH, n, b->d_hidden, HIDDEN, b->norm2[l], WIDTH, 1, d->up, WIDTH);
    times(n, WIDTH, HIDDEN, b->d_hidden, HIDDEN, layer->up, WIDTH, 0, b->d_norm, WIDTH);
    normalize_back(n, b->middle[l], layer->mlp_norm, b->scale2[l], b->d_norm, b->d_x, d->mlp_norm);
    times(n, WIDTH, WIDTH, b->d_x, WIDTH, layer->output, WIDTH, 0, b->d_norm, WIDTH);
    transposed_times(WIDTH, WIDTH, n, b->d_x, WIDTH, b->mixed[l], WIDTH, 1, d->output, WIDTH);
    attend_back(b, l);
    transposed_times(3 * WIDTH, WIDTH, n, b->d_qkv, 3 * WIDTH, b->norm1[l], WIDTH, 1, d->qkv, WIDTH);
    times(n, WIDTH, 3 * WIDTH, b->d_qkv, 3 * WIDTH, layer->qkv, WIDTH, 0, b->d_norm, WIDTH);
    normalize_back(n, b->x[l], layer->attention_norm, b->scale1[l], b->d_norm, b->d_x, d->attention_norm);
  }
  for (int i = 0; i < n; i++) {
    float *to = g->embedding + b->token[i] * WIDTH, *from = b->d_x + (size_t)i * WIDTH;
    for (int j = 0; j < WIDTH; j++) to[j] += from[j];
  }
}

void learn(Batch *batch, const Network *network, int with_gradient) {
  go_forward(batch, network);
  judge(batch);
  if (with_gradient) go_back(batch, network);
}

Adam new_adam(void) { return (Adam){.first = new_floats(PARAMETERS), .second = new_floats(PARAMETERS)}; }

double adam_step(Adam *adam, Network *network, Batch **batches, int count, float rate, float decay, float scale) {
  const float keep1 = 0.9f, keep2 = 0.99f;
  float *sum = batches[0]->gradient.all;
  double square = 0;
  for (size_t i = 0; i < PARAMETERS; i++) {
    for (int k = 1; k < count; k++) sum[i] += batches[k]->gradient.all[i];
    sum[i] *= scale;
    square += (double)sum[i] * sum[i];
  }
  adam->steps++;
  float norm = (float)sqrt(square), clip = norm > 1 ? 1 / norm : 1;
  float grown1 = 1 / (1 - powf(keep1, (float)adam->steps)), grown2 = 1 / (1 - powf(keep2, (float)adam->steps));
  for (size_t i = 0; i < PARAMETERS; i++) {
    float g = sum[i] * clip;
    adam->first[i] = keep1 * adam->first[i] + (1 - keep1) * g;
    adam->second[i] = keep2 * adam->second[i] + (1 - keep2) * g * g;
    network->all[i] -= rate * (adam->first[i] * grown1 / (sqrtf(adam->second[i] * grown2) + 1e-8f) + decay * network->all[i]);
  }
  for (int k = 0; k < count; k++) memset(batches[k]->gradient.all, 0, sizeof(float) * PARAMETERS);
  return norm;
}
