// The three matrix products of a network, row-major: over BLAS.
#ifndef GEMM_H
#define GEMM_H
#include <cblas.h>

/** C (m×n) = A (m×k) · Bᵀ (B is n×k) + beta·C. Weights are [out][in], so this is a layer. */
static inline void times_transposed(int m, int n, int k, const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}

/** C (m×n) = A (m×k) · B (k×n) + beta·C. */
static inline void times(int m, int n, int k, const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}

/** C (m×n) = Aᵀ (A is k×m) · B (k×n) + beta·C. */
static inline void transposed_times(int m, int n, int k, const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc) {
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}

#endif
