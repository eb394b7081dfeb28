// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/axi_tlm.h"

#include <algorithm>
#include <string>
#include <utility>

namespace qnnsim {
namespace {

using tlm::tlm_generic_payload;
using tlm::tlm_phase;

AxiExtension& extension(const tlm_generic_payload& payload) {
  return *payload.get_extension<AxiExtension>();
}

Cycle cycles(const sc_core::sc_time& time, const sc_core::sc_time& period) {
  return (time.value() + period.value() / 2) / period.value();
}

sc_core::sc_time time_of(Cycle cycles, const sc_core::sc_time& period) {
  return sc_core::sc_time::from_value(cycles * period.value());
}

}  // namespace

tlm_generic_payload& AxiPayloads::acquire() {
  if (free_.empty()) {
    all_.push_back(std::make_unique<tlm_generic_payload>(this));
    all_.back()->set_extension(new AxiExtension);
    free_.push_back(all_.back().get());
  }
  tlm_generic_payload* payload = free_.back();
  free_.pop_back();
  payload->acquire();
  return *payload;
}

void AxiPayloads::free(tlm_generic_payload* payload) { free_.push_back(payload); }

AxiInitiator::AxiInitiator(const sc_core::sc_module_name& name, int id, int bus_bytes,
                           sc_core::sc_time period)
    : sc_module(name),
      id_(id),
      bus_bytes_(bus_bytes),
      period_(std::move(period)),
      data_(std::size_t{256} * bus_bytes) {
  socket.register_nb_transport_bw(this, &AxiInitiator::nb_transport_bw);
}

bool AxiInitiator::can_send(Cycle now) {
  if (early_ != nullptr) room_from_ = extension(*early_).room;
  return room_from_ <= now;
}

void AxiInitiator::send(const AxiBurst& burst, Cycle /*now*/) {
  tlm_generic_payload& payload = payloads_.acquire();
  const auto bytes = static_cast<unsigned>(burst.beats * bus_bytes_);
  payload.set_command(burst.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(burst.address);
  payload.set_data_ptr(data_.data());
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  AxiExtension& axi = extension(payload);
  axi.id = id_;
  axi.length = burst.beats;
  axi.room = kNever;
  axi.beats.clear();
  room_from_ = kNever;
  request_ = &payload;
  early_ = nullptr;
  tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  socket->nb_transport_fw(payload, phase, delay);
}

std::uint64_t AxiInitiator::answered(Cycle now) {
  if (answering_ == nullptr) return answered_;
  std::deque<Memory::Answer>& beats = extension(*answering_).beats;
  while (!beats.empty() && beats.front().cycle <= now) {
    answered_ = beats.front().amount;
    beats.pop_front();
  }
  if (answered_ == answer_end_) {
    tlm_generic_payload& payload = *std::exchange(answering_, nullptr);
    if (early_ != nullptr) room_from_ = extension(*std::exchange(early_, nullptr)).room;
    tlm_phase phase = tlm::END_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_fw(payload, phase, delay);
    payload.release();
  }
  return answered_;
}

tlm::tlm_sync_enum AxiInitiator::nb_transport_bw(tlm_generic_payload& payload, tlm_phase& phase,
                                                 sc_core::sc_time& delay) {
  if (phase == tlm::END_REQ) {
    room_from_ = cycles(sc_core::sc_time_stamp() + delay, period_);
    request_ = nullptr;
  } else if (phase == tlm::BEGIN_RESP) {
    answering_ = &payload;
    if (&payload == request_) early_ = std::exchange(request_, nullptr);
    answer_end_ += payload.is_write() ? 1 : std::uint64_t(extension(payload).length);
  }
  return tlm::TLM_ACCEPTED;
}

MemoryTarget::MemoryTarget(const sc_core::sc_module_name& name, Memory& memory, int ports,
                           sc_core::sc_time period)
    : sc_module(name), memory_(memory), period_(std::move(period)), sides_(ports) {
  for (int i = 0; i < ports; ++i) {
    sockets.push_back(std::make_unique<Socket>(("socket_" + std::to_string(i)).c_str()));
    sockets.back()->register_nb_transport_fw(this, &MemoryTarget::nb_transport_fw, i);
    sockets.back()->register_b_transport(this, &MemoryTarget::b_transport, i);
  }
  SC_HAS_PROCESS(MemoryTarget);
  SC_METHOD(on_cycle);
  sensitive << wake_;
  dont_initialize();
}

tlm::tlm_sync_enum MemoryTarget::nb_transport_fw(int id, tlm_generic_payload& payload,
                                                 tlm_phase& phase, sc_core::sc_time& delay) {
  Side& side = sides_[id];
  if (phase == tlm::BEGIN_REQ) {
    payload.acquire();
    const AxiBurst burst{payload.is_write(), payload.get_address(), extension(payload).length};
    memory_.send(id, burst, cycles(sc_core::sc_time_stamp() + delay, period_));
    side.request = &payload;
    side.unanswered.push_back(&payload);
  } else if (phase == tlm::END_RESP) {
    std::exchange(side.response, nullptr)->release();
  }
  // In a later delta cycle: the call must not answer itself.
  wake_.notify(sc_core::SC_ZERO_TIME);
  return tlm::TLM_ACCEPTED;
}

void MemoryTarget::on_cycle() {
  const Cycle now = cycles(sc_core::sc_time_stamp(), period_);
  memory_.run_to(now);
  for (std::size_t i = 0; i < sides_.size(); ++i) tell(static_cast<int>(i), now);
  const bool waited_for = std::any_of(sides_.begin(), sides_.end(), [](const Side& side) {
    return side.request != nullptr || side.response != nullptr || !side.unanswered.empty();
  });
  if (waited_for) wake_.notify(period_);
}

void MemoryTarget::tell_room(int id, Cycle now) {
  Side& side = sides_[id];
  const Cycle room = memory_.room_from(id, now);
  if (room == kNever) return;
  tlm_generic_payload& request = *std::exchange(side.request, nullptr);
  extension(request).room = std::max(room, now + 1);
  if (side.response == &request) return;
  tlm_phase phase = tlm::END_REQ;
  sc_core::sc_time delay = time_of(extension(request).room - now, period_);
  (*sockets[id])->nb_transport_bw(request, phase, delay);
}

/// A request without END_REQ ends with its response: that is not told before it is known that there
/// is no room earlier.
bool MemoryTarget::begins_response(int id, Cycle now) {
  const Side& side = sides_[id];
  if (side.response != nullptr || side.answers.empty()) return false;
  return side.unanswered.front() != side.request || side.answers.front().cycle <= now + 1;
}

void MemoryTarget::tell(int id, Cycle now) {
  Side& side = sides_[id];
  if (side.request != nullptr) tell_room(id, now);
  const std::deque<Memory::Answer> answers = memory_.take_answers(id);
  side.answers.insert(side.answers.end(), answers.begin(), answers.end());
  const bool begins = begins_response(id, now);
  if (begins) {
    side.response = side.unanswered.front();
    side.unanswered.pop_front();
    side.end += side.response->is_write() ? 1 : std::uint64_t(extension(*side.response).length);
  }
  if (side.response == nullptr) return;
  AxiExtension& axi = extension(*side.response);
  while (!side.answers.empty() && side.answers.front().amount <= side.end) {
    axi.beats.push_back(side.answers.front());
    side.answers.pop_front();
  }
  if (!begins) return;
  side.response->set_response_status(tlm::TLM_OK_RESPONSE);
  // Not before END_REQ, whose time may be later than that of the first beat.
  const Cycle request_end = side.response == side.request ? 0 : axi.room;
  tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay =
      time_of(std::max({axi.beats.front().cycle, request_end, now}) - now, period_);
  (*sockets[id])->nb_transport_bw(*side.response, phase, delay);
}

void MemoryTarget::b_transport(int id, tlm_generic_payload& payload, sc_core::sc_time& delay) {
  Side& side = sides_[id];
  if (!side.unanswered.empty() || side.response != nullptr) {
    SC_REPORT_ERROR(name(), "b_transport while bursts sent by nb_transport_fw are under way");
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return;
  }
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  const int bus_bytes = memory_.bus_bytes(id);
  const auto beats = static_cast<int>((payload.get_data_length() + bus_bytes - 1) / bus_bytes);
  const AxiBurst burst{payload.is_write(), payload.get_address(), beats};
  const Cycle end = memory_.access(id, burst, cycles(start + delay, period_));
  delay = time_of(end, period_) - start;
  side.end += payload.is_write() ? 1 : std::uint64_t(beats);
  memory_.take_answers(id);  // told by the delay
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace qnnsim
