// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/data_type.h"

namespace qnnsim {

/// result[i] = rows[i] . vector for `count` successive rows of `columns` elements. The hot loop of
/// runs that carry data: compiled for several instruction sets, the best one chosen at start. Sums
/// must fit 32 bits.
void dot_products(const std::int8_t* rows, const std::int16_t* vector, int count, int columns,
                  Value* result);
void dot_products(const std::int16_t* rows, const std::int16_t* vector, int count, int columns,
                  Value* result);
void dot_products(const Value* rows, const Value* vector, int count, int columns, Value* result);

}  // namespace qnnsim
