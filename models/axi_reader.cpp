// SPDX-License-Identifier: Apache-2.0
#include "models/axi_reader.h"

#include <algorithm>

namespace qnnsim {
namespace {

AxiTransferParams checked(AxiTransferParams params) {
  params.check("axi reader");
  return params;
}

}  // namespace

Port axi_address_port(const AxiTransferParams& params) {
  BurstWalk walk(params);
  std::uint64_t bursts = 1;
  for (; !walk.is_last(); walk.step()) ++bursts;
  return {kAxiAddressLanes, DataType::unsigned_integer(32), params.passes * bursts};
}

Port axi_data_port(const AxiTransferParams& params) {
  return {params.lanes_of_bus(), params.container_type(), params.passes * params.bus_beats()};
}

Port token_port(std::uint64_t beats) { return {1, DataType::unsigned_integer(1), beats}; }

AxiReader::AxiReader(AxiTransferParams params)
    : Kernel{{token_port(checked(params).passes), axi_data_port(params)},
             {{params.lanes(), params.type, params.passes * params.stream_beats()},
              axi_address_port(params)}},
      params_(params),
      lanes_(params.lanes()),
      slices_(params.slices()),
      stream_beats_(params.stream_beats()),
      addresses_(params),
      answers_(params) {}

Step AxiReader::tick(Cycle) {
  // Both sides see the bursts under way as of the previous edge.
  const int outstanding = outstanding_;
  const bool data = move_data();
  bool address = false;
  if (!active_) {
    address = in(0).can_pop();
    if (address) in(0).pop();
    active_ = address;
  } else if (outstanding < params_.outstanding && out(1).can_push()) {
    address = true;
    if (Value* slot = out(1).push()) {
      slot[0] = static_cast<Value>(addresses_.beat());
      slot[1] = addresses_.beats() - 1;
    }
    active_ = !addresses_.is_last();
    addresses_.step();
    ++outstanding_;
  }
  if (data || address) return Step::busy();
  if (in(1).can_pop()) return Step::blocked(true);
  return Step::starved(true, outstanding > 0 && out().occupancy() == 0);
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
  if (ends_pass) sent_ = 0;
  if (++burst_beat_ == answers_.beats()) {
    burst_beat_ = 0;
    answers_.step();
    --outstanding_;
  }
  return true;
}

std::optional<RtlModule> AxiReader::rtl() const { return std::nullopt; }

}  // namespace qnnsim
