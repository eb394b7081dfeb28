// SPDX-License-Identifier: Apache-2.0
#include "models/dot_products.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define QNNSIM_BEST_INSTRUCTION_SET \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define QNNSIM_BEST_INSTRUCTION_SET
#endif

namespace qnnsim {
namespace {

template <typename Row, typename Element>
inline __attribute__((always_inline)) void multiply(const Row* rows, const Element* vector,
                                                    int count, int columns, Value* result) {
  for (int i = 0; i < count; ++i, rows += columns) {
    Value sum = 0;
    for (int k = 0; k < columns; ++k) sum += Value{rows[k]} * Value{vector[k]};
    result[i] = sum;
  }
}

}  // namespace

QNNSIM_BEST_INSTRUCTION_SET
void dot_products(const std::int8_t* rows, const std::int16_t* vector, int count, int columns,
                  Value* result) {
  multiply(rows, vector, count, columns, result);
}

QNNSIM_BEST_INSTRUCTION_SET
void dot_products(const std::int16_t* rows, const std::int16_t* vector, int count, int columns,
                  Value* result) {
  multiply(rows, vector, count, columns, result);
}

QNNSIM_BEST_INSTRUCTION_SET
void dot_products(const Value* rows, const Value* vector, int count, int columns, Value* result) {
  multiply(rows, vector, count, columns, result);
}

}  // namespace qnnsim
