// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cosim/kernel_file.h"
#include "sim/diagnostics.h"

namespace qnnsim {

/// The beats that a stream is offered: from a file, or drawn as random bits.
class BeatData {
 public:
  /// `width_bits` of TDATA. What is wrong with `stimulus` goes to `findings`.
  BeatData(const StreamStimulus& stimulus, int width_bits, std::uint64_t seed, Findings& findings);

  /// Number of beats; nothing: no end.
  std::optional<std::uint64_t> beats() const { return beats_; }
  /// Writes TDATA of beat number `index`, least significant word first.
  void write(std::uint64_t index, std::uint64_t* words) const;

 private:
  void load(const StreamStimulus& stimulus, int width_bits, int lanes, Findings& findings);

  const std::size_t words_;  ///< [64-bit words] of TDATA
  int drawn_bits_ = 0;       ///< [bits] of a beat that are drawn, those above are 0
  const std::uint64_t seed_;
  std::optional<std::uint64_t> beats_;
  std::vector<std::uint64_t> loaded_;  ///< beats x words_; empty: drawn
};

}  // namespace qnnsim
