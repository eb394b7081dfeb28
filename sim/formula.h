// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/kernel.h"

namespace qnnsim {

/// An arithmetic expression over the traits of a kernel, as calibrations have them:
/// "clog2(simd + 1)", "pe * simd * weight_bits".
///
/// The language is that of muParser: + - * / ^, comparisons, ?:, min, max, and here also
/// clog2(x) (smallest n with 2^n >= x), ceil(x), floor(x), and bram18(width, depth) and
/// uram(width, depth) of models/memory_blocks.h. A trait that the kernel does not have is 0.
class Formula {
 public:
  /// Throws std::invalid_argument with the parser's words where `text` is no expression.
  explicit Formula(std::string text);
  ~Formula();
  Formula(Formula&&) noexcept;
  Formula& operator=(Formula&&) noexcept;

  double operator()(const Traits& traits) const;
  const std::string& text() const { return text_; }
  /// The traits that stand in it, ascending.
  std::vector<std::string> traits() const;

 private:
  struct Parser;
  std::string text_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace qnnsim
