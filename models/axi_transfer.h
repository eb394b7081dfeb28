// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/data_type.h"

namespace qnnsim {

/// A burst of the AXI4 bus: beats at ascending addresses.
struct AxiBurst {
  bool write = false;
  std::uint64_t address = 0;  ///< [bytes] of the first beat, a multiple of the bus width
  int beats = 0;              ///< 1..256
};

/// What a master moves in a pass that is not like the others.
struct AxiSegment {
  std::uint64_t beat = 0;   ///< [bus beats] address of its first beat
  std::uint64_t beats = 0;  ///< [bus beats]
};

/// A tensor in memory, and the bus over which a master moves it once a pass.
///
/// Elements stand in stream order, each in a container of the next power of two of bits, the first
/// in the least significant bits of a bus beat. A pass begins on a bus beat; what its last beat
/// has to spare is padding.
struct AxiTransferParams {
  int bus_bits = 64;           ///< [bits] data width, a power of two from 32 to 1024
  int max_burst = 16;          ///< [beats] of a burst at most, up to 256
  int outstanding = 4;         ///< [bursts] under way at most
  std::uint64_t base = 0;      ///< [bytes] address of the first pass, a multiple of the bus width
  std::uint64_t stride = 0;    ///< [bytes] from a pass to the next, a multiple of the bus width
  std::uint64_t buffers = 1;   ///< [passes] until the address returns to `base`
  std::uint64_t elements = 1;  ///< of a pass
  std::uint64_t passes = 1;    ///< of a frame
  DataType type = DataType::bipolar();
  /// The passes of a frame, where they are not all alike: `elements` are then those of the whole
  /// tensor, `buffers` is 1, and `passes` their number. Without, every pass moves all elements.
  std::shared_ptr<const std::vector<AxiSegment>> segments;

  int bus_bytes() const { return bus_bits / 8; }
  int container_bits() const;
  /// What an element is on the bus: the same values in as many bits as its container has.
  DataType container_type() const;
  int lanes_of_bus() const { return bus_bits / container_bits(); }  ///< [elements per bus beat]
  /// [elements per stream beat]: as many as both the bus beat and the pass are a multiple of.
  int lanes() const;
  int slices() const { return lanes_of_bus() / lanes(); }  ///< [stream beats per bus beat]
  std::uint64_t stream_beats() const { return elements / lanes(); }  ///< of a pass
  std::uint64_t bus_beats() const;                                   ///< of a pass
  std::uint64_t bytes() const { return bus_beats() * bus_bytes(); }  ///< of a pass
  std::uint64_t first_stream_beats() const;                          ///< of the first pass
  std::uint64_t frame_stream_beats() const;  ///< with segments, a stream beat is a bus beat
  std::uint64_t frame_bus_beats() const;
  std::uint64_t frame_bursts() const;  ///< as BurstWalk goes

  /// Throws ParameterError naming the field of `block` that cannot be.
  void check(const std::string& block) const;
};

/// The bursts of one pass after another: as long as they may be, none across a 4 KB boundary
/// (AMBA AXI, A3.4.1).
class BurstWalk {
 public:
  explicit BurstWalk(const AxiTransferParams& params);

  std::uint64_t beat() const { return beat_; }  ///< [bus beats] address of the present burst
  int beats() const { return beats_; }          ///< of the present burst
  std::uint64_t pass_beats() const { return pass_beats_; }  ///< [bus beats] of the present pass
  bool is_last() const { return left_ == std::uint64_t(beats_); }  ///< of its pass
  /// On to the next burst, after the last one to that of the next pass.
  void step();

 private:
  void begin_pass();
  void measure();

  const std::shared_ptr<const std::vector<AxiSegment>> segments_;
  std::uint64_t pass_beats_;
  const std::uint64_t base_;    ///< [bus beats]
  const std::uint64_t stride_;  ///< [bus beats]
  const std::uint64_t buffers_;
  const std::uint64_t max_burst_;
  const std::uint64_t boundary_;  ///< [bus beats] of 4 KB
  std::uint64_t pass_ = 0;        ///< modulo buffers, or of the segments
  std::uint64_t left_ = 0;        ///< [bus beats] of the pass, from the present burst on
  std::uint64_t beat_ = 0;
  int beats_ = 0;
};

}  // namespace qnnsim
