// SPDX-License-Identifier: Apache-2.0
#include "models/axi_writer.h"

#include <algorithm>

#include "models/block.h"

namespace qnnsim {
namespace {

AxiTransferParams checked(AxiTransferParams params) {
  params.check("axi writer");
  return params;
}

const BlockRegistration kBlock("axi_writer");

}  // namespace

AxiWriter::AxiWriter(AxiTransferParams params)
    : Kernel{{{checked(params).lanes(), params.type, params.frame_stream_beats()},
              token_port(axi_address_port(params).beats)},
             {token_port(params.passes), axi_address_port(params), axi_data_port(params)}},
      params_(params),
      lanes_(params.lanes()),
      slices_(params.slices()),
      padding_(from_wire(0, params.type)),
      stream_beats_(params.first_stream_beats()),
      addresses_(params),
      data_(params),
      responses_(params) {}

Step AxiWriter::tick(Cycle) {
  // Every side sees the state of the previous edge.
  if (!active_ && !begun_ && in(0).can_pop()) active_ = begun_ = true;
  const bool offered = active_ && outstanding_ < params_.outstanding;
  const bool open = ahead_ > 0 || (ahead_ == 0 && offered);
  const bool response = move_response();
  const bool data = open && move_data();
  const bool address = offered && out(1).can_push();
  if (address) {
    active_ = !addresses_.is_last();
    send_address(out(1), addresses_);
    ++outstanding_;
    ++ahead_;
  }
  if (response || data || address) return Step::busy();
  return in(0).can_pop() ? Step::blocked(true) : Step::starved(true);
}

bool AxiWriter::move_data() {
  if (!in(0).can_pop()) return false;
  const bool ends_pass = taken_ + 1 == stream_beats_;
  const bool ends_beat = slice_ + 1 == slices_ || ends_pass;
  if (ends_beat && !out(2).can_push()) return false;
  if (!collected_.empty()) std::copy_n(in(0).front(), lanes_, &collected_[slice_ * lanes_]);
  in(0).pop();
  ++slice_;
  ++taken_;
  if (!ends_beat) return true;
  if (Value* slot = out(2).push()) {
    std::copy(collected_.begin(), collected_.end(), slot);
    std::fill(collected_.begin(), collected_.end(), padding_);
  }
  slice_ = 0;
  if (++burst_beat_ == data_.beats()) {
    burst_beat_ = 0;
    data_.step();
    --ahead_;
  }
  if (ends_pass) {
    taken_ = 0;
    begun_ = false;
    if (params_.segments) stream_beats_ = data_.pass_beats();
  }
  return true;
}

bool AxiWriter::move_response() {
  if (!in(1).can_pop()) return false;
  if (responses_.is_last()) {
    if (!out(0).can_push()) return false;
    if (Value* slot = out(0).push()) *slot = 0;
  }
  in(1).pop();
  responses_.step();
  --outstanding_;
  return true;
}

void AxiWriter::carry_data() { collected_.assign(params_.lanes_of_bus(), padding_); }

std::optional<RtlModule> AxiWriter::rtl() const {
  if (params_.segments) return std::nullopt;
  RtlModule module = axi_rtl("qnn_axi_writer_bridge", params_);
  module.set_type("", params_.type);
  module.input_prefixes = {"", "b_"};
  module.output_prefixes = {"done_", "aw_", "w_"};
  return module;
}

Traits AxiWriter::traits() const {
  return {{"bus_bits", params_.bus_bits},
          {"max_burst", params_.max_burst},
          {"outstanding", params_.outstanding},
          {"lanes", params_.lanes()},
          {"bits", params_.type.bits()}};
}

}  // namespace qnnsim
