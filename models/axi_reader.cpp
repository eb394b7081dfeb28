// SPDX-License-Identifier: Apache-2.0
#include "models/axi_reader.h"

#include <algorithm>

#include "models/block.h"

namespace qnnsim {
namespace {

AxiTransferParams checked(AxiTransferParams params) {
  params.check("axi reader");
  return params;
}

const BlockRegistration kBlock("axi_reader");

}  // namespace

RtlModule axi_rtl(const std::string& name, const AxiTransferParams& p) {
  const auto beats = [&p](std::uint64_t bytes) {
    return std::vector<std::int64_t>{static_cast<std::int64_t>(bytes / p.bus_bytes())};
  };
  RtlModule module(name);
  module.set("BusBits", p.bus_bits)
      .set("Lanes", p.lanes())
      .set("ContainerBits", p.container_bits())
      .set("StreamBeats", static_cast<std::int64_t>(p.stream_beats()))
      .set("MaxBurst", p.max_burst)
      .set("Outstanding", p.outstanding)
      .set("Base", beats(p.base))
      .set("Stride", beats(p.buffers > 1 ? p.stride : 0))
      .set("Buffers", static_cast<std::int64_t>(p.buffers));
  return module;
}

Port axi_address_port(const AxiTransferParams& params) {
  return {kAxiAddressLanes, DataType::unsigned_integer(32), params.frame_bursts()};
}

Port axi_data_port(const AxiTransferParams& params) {
  return {params.lanes_of_bus(), params.container_type(), params.frame_bus_beats()};
}

void send_address(Fifo& channel, BurstWalk& walk) {
  if (Value* slot = channel.push()) {
    slot[0] = static_cast<Value>(walk.beat());
    slot[1] = walk.beats() - 1;
  }
  walk.step();
}

Port token_port(std::uint64_t beats) { return {1, DataType::unsigned_integer(1), beats}; }

AxiReader::AxiReader(AxiTransferParams params)
    : Kernel{{token_port(checked(params).passes), axi_data_port(params)},
             {{params.lanes(), params.type, params.frame_stream_beats()},
              axi_address_port(params)}},
      params_(params),
      lanes_(params.lanes()),
      slices_(params.slices()),
      stream_beats_(params.first_stream_beats()),
      addresses_(params),
      answers_(params) {}

Step AxiReader::tick(Cycle) {
  // Every side sees the state of the previous edge.
  const bool start = passes_ < 2 && in(0).can_pop();
  const bool address = passes_ > 0 && outstanding_ < params_.outstanding && out(1).can_push();
  const bool data = move_data();
  if (start) {
    in(0).pop();
    ++passes_;
  }
  if (address) {
    if (addresses_.is_last()) --passes_;
    send_address(out(1), addresses_);
    ++outstanding_;
  }
  if (data || address || start) return Step::busy();
  if (in(1).can_pop()) return Step::blocked(true);
  return Step::starved(true, outstanding_ > 0 && out().occupancy() == 0);
}

bool AxiReader::move_data() {
  if (!in(1).can_pop() || !out().can_push()) return false;
  if (Value* slot = out().push()) {
    std::copy_n(in(1).front() + slice_ * lanes_, lanes_, slot);
  }
  const bool ends_pass = ++sent_ == stream_beats_;
  if (++slice_ < slices_ && !ends_pass) return true;
  in(1).pop();
  slice_ = 0;
  if (++burst_beat_ == answers_.beats()) {
    burst_beat_ = 0;
    answers_.step();
    --outstanding_;
  }
  if (ends_pass) {
    sent_ = 0;
    if (params_.segments) stream_beats_ = answers_.pass_beats();
  }
  return true;
}

std::optional<RtlModule> AxiReader::rtl() const {
  if (params_.segments) return std::nullopt;
  RtlModule module = axi_rtl("qnn_axi_reader_bridge", params_);
  module.set("Width", params_.type.bits());
  module.input_prefixes = {"start_", "r_"};
  module.output_prefixes = {"", "ar_"};
  return module;
}

Traits AxiReader::traits() const {
  return {{"bus_bits", params_.bus_bits},
          {"max_burst", params_.max_burst},
          {"outstanding", params_.outstanding},
          {"lanes", params_.lanes()},
          {"bits", params_.type.bits()}};
}

}  // namespace qnnsim
