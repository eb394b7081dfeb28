// SPDX-License-Identifier: Apache-2.0
#include "models/axi_writer.h"

#include <algorithm>

namespace qnnsim {
namespace {

AxiTransferParams checked(AxiTransferParams params) {
  params.check("axi writer");
  return params;
}

}  // namespace

AxiWriter::AxiWriter(AxiTransferParams params)
    : Kernel{{{checked(params).lanes(), params.type, params.passes * params.stream_beats()},
              token_port(axi_address_port(params).beats)},
             {token_port(params.passes), axi_address_port(params), axi_data_port(params)}},
      params_(params),
      lanes_(params.lanes()),
      slices_(params.slices()),
      padding_(from_wire(0, params.type)),
      stream_beats_(params.stream_beats()),
      addresses_(params),
      data_(params),
      responses_(params) {}

Step AxiWriter::tick(Cycle) {
  // Every side sees the state of the previous edge.
  const int outstanding = outstanding_;
  const int ahead = ahead_;
  const bool begun = begun_;
  const bool response = move_response();
  const bool data = ahead > 0 && move_data();
  bool address = false;
  if (active_) {
    address = outstanding < params_.outstanding && out(1).can_push();
    if (address) send_address();
  } else if (!begun && in(0).can_pop()) {
    address = active_ = begun_ = true;
  }
  if (response || data || address) return Step::busy();
  return in(0).can_pop() ? Step::blocked(true) : Step::starved(true);
}

void AxiWriter::send_address() {
  if (Value* slot = out(1).push()) {
    slot[0] = static_cast<Value>(addresses_.beat());
    slot[1] = addresses_.beats() - 1;
  }
  active_ = !addresses_.is_last();
  addresses_.step();
  ++outstanding_;
  ++ahead_;
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

std::optional<RtlModule> AxiWriter::rtl() const { return std::nullopt; }

}  // namespace qnnsim
