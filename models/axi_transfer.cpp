// SPDX-License-Identifier: Apache-2.0
#include "models/axi_transfer.h"

#include <algorithm>
#include <numeric>

#include "models/kernel.h"

namespace qnnsim {
namespace {

constexpr std::uint64_t kBoundary = 4096;  ///< [bytes] that no burst crosses
/// [bus beats] that an address on the streams of AR and AW can name.
constexpr std::uint64_t kAddressable = std::uint64_t{1} << 32;

bool is_power_of_two(std::uint64_t value) { return value != 0 && (value & (value - 1)) == 0; }

}  // namespace

int AxiTransferParams::container_bits() const {
  int bits = 1;
  while (bits < type.bits()) bits *= 2;
  return bits;
}

DataType AxiTransferParams::container_type() const {
  if (type.is_bipolar()) return type;
  return type.is_signed() ? DataType::signed_integer(container_bits())
                          : DataType::unsigned_integer(container_bits());
}

int AxiTransferParams::lanes() const {
  return static_cast<int>(std::gcd(elements, std::uint64_t(lanes_of_bus())));
}

std::uint64_t AxiTransferParams::bus_beats() const {
  return (elements + lanes_of_bus() - 1) / lanes_of_bus();
}

void AxiTransferParams::check(const std::string& block) const {
  const auto hold = [&block](bool holds, const std::string& field, std::uint64_t value,
                             const std::string& rule) {
    require(holds, block + ": " + field + " " + std::to_string(value) + " " + rule);
  };
  hold(bus_bits >= 32 && bus_bits <= 1024 && is_power_of_two(bus_bits), "bus_bits", bus_bits,
       "is not a power of two from 32 to 1024");
  hold(max_burst >= 1 && max_burst <= 256, "max_burst", max_burst, "is not in 1..256");
  require_positive(block, "outstanding", outstanding);
  hold(base % bus_bytes() == 0, "base", base, "is not a multiple of the bus width");
  hold(stride % bus_bytes() == 0, "stride", stride, "is not a multiple of the bus width");
  hold(buffers >= 1, "buffers", buffers, "is less than 1");
  hold(elements >= 1, "elements", elements, "is less than 1");
  hold(passes >= 1, "passes", passes, "is less than 1");
  const std::string reach = "reaches behind the 2^32 bus beats that an address can name";
  const std::uint64_t first_beats = base / bus_bytes() + bus_beats();
  hold(bus_beats() <= kAddressable, "elements", elements, reach);
  hold(first_beats <= kAddressable, "base", base, reach);
  const std::uint64_t stride_beats = stride / bus_bytes();
  hold(buffers == 1 || stride == 0 || buffers - 1 <= (kAddressable - first_beats) / stride_beats,
       "stride", stride, reach);
}

std::uint64_t AxiTransferParams::first_stream_beats() const {
  return segments ? segments->front().beats : stream_beats();
}

std::uint64_t AxiTransferParams::frame_stream_beats() const {
  return segments ? frame_bus_beats() : passes * stream_beats();
}

std::uint64_t AxiTransferParams::frame_bus_beats() const {
  if (!segments) return passes * bus_beats();
  std::uint64_t beats = 0;
  for (const AxiSegment& segment : *segments) beats += segment.beats;
  return beats;
}

std::uint64_t AxiTransferParams::frame_bursts() const {
  const auto bursts = [this](std::uint64_t first_beat, std::uint64_t beats) {
    const auto of = [this](std::uint64_t run) {
      return (run + std::uint64_t(max_burst) - 1) / std::uint64_t(max_burst);
    };
    const std::uint64_t page = kBoundary / bus_bytes();  // [beats]
    const std::uint64_t first = std::min(beats, page - first_beat % page);
    const std::uint64_t rest = beats - first;
    return of(first) + rest / page * of(page) + of(rest % page);
  };
  if (!segments) return passes * bursts(base / bus_bytes(), bus_beats());
  std::uint64_t sum = 0;
  for (const AxiSegment& segment : *segments) sum += bursts(segment.beat, segment.beats);
  return sum;
}

BurstWalk::BurstWalk(const AxiTransferParams& params)
    : segments_(params.segments),
      pass_beats_(params.bus_beats()),
      base_(params.base / params.bus_bytes()),
      stride_(params.stride / params.bus_bytes()),
      buffers_(params.segments ? params.segments->size() : params.buffers),
      max_burst_(params.max_burst),
      boundary_(kBoundary / params.bus_bytes()) {
  begin_pass();
  measure();
}

void BurstWalk::begin_pass() {
  if (segments_) pass_beats_ = (*segments_)[pass_].beats;
  left_ = pass_beats_;
  beat_ = segments_ ? (*segments_)[pass_].beat : base_ + pass_ * stride_;
}

void BurstWalk::measure() {
  beats_ = static_cast<int>(std::min({left_, max_burst_, boundary_ - beat_ % boundary_}));
}

void BurstWalk::step() {
  left_ -= beats_;
  beat_ += beats_;
  if (left_ == 0) {
    if (++pass_ == buffers_) pass_ = 0;
    begin_pass();
  }
  measure();
}

}  // namespace qnnsim
