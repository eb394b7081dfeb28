// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <map>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "sim/memory/axi_tlm.h"

namespace qnnsim::test {

/// Stands between initiators and targets and holds every call against the base protocol of TLM-2.0
/// (IEEE 1666-2011, 15.2) and against the rules of an AXI burst; passes it on unchanged.
class TlmChecker final : public sc_core::sc_module {
 public:
  using TargetSocket = tlm_utils::simple_target_socket_tagged<TlmChecker>;
  using InitiatorSocket = tlm_utils::simple_initiator_socket_tagged<TlmChecker>;

  std::vector<std::unique_ptr<TargetSocket>> from;   ///< to be bound to by initiators
  std::vector<std::unique_ptr<InitiatorSocket>> to;  ///< to be bound to targets

  TlmChecker(const sc_core::sc_module_name& name, const std::vector<int>& bus_bytes)
      : sc_module(name), sides_(bus_bytes.size()) {
    for (std::size_t i = 0; i < bus_bytes.size(); ++i) {
      const int id = int(i);
      sides_[i].bus_bytes = bus_bytes[i];
      from.push_back(std::make_unique<TargetSocket>(fmt::format("from_{}", i).c_str()));
      to.push_back(std::make_unique<InitiatorSocket>(fmt::format("to_{}", i).c_str()));
      from[i]->register_nb_transport_fw(this, &TlmChecker::forward, id);
      from[i]->register_b_transport(this, &TlmChecker::block, id);
      to[i]->register_nb_transport_bw(this, &TlmChecker::backward, id);
    }
  }

  /// What was wrong, in order.
  const std::vector<std::string>& faults() const { return faults_; }
  /// How often each phase began.
  std::uint64_t count(const tlm::tlm_phase& phase) const {
    const auto found = phases_.find(phase);
    return found == phases_.end() ? 0 : found->second;
  }
  /// Is no transaction under way?
  bool is_idle() const {
    for (const Side& side : sides_) {
      if (!side.transactions.empty() || side.request != nullptr || side.response != nullptr) {
        return false;
      }
    }
    return true;
  }

 private:
  using Payload = tlm::tlm_generic_payload;

  /// A transaction from its BEGIN_REQ to its END_RESP, and what must not change meanwhile.
  struct Transaction {
    tlm::tlm_phase phase;
    sc_core::sc_time time;  ///< of its latest phase
    tlm::tlm_command command = tlm::TLM_IGNORE_COMMAND;
    sc_dt::uint64 address = 0;
    unsigned length = 0;
    unsigned char* data = nullptr;
  };

  struct Side {
    int bus_bytes = 8;
    std::map<Payload*, Transaction> transactions;
    Payload* request = nullptr;   ///< between BEGIN_REQ and its end
    Payload* response = nullptr;  ///< between BEGIN_RESP and END_RESP
    sc_core::sc_time request_end;
    sc_core::sc_time response_end;
  };

  void expect(bool holds, int id, const std::string& rule) {
    if (holds) return;
    faults_.push_back(
        fmt::format("socket {} at {}: {}", id, sc_core::sc_time_stamp().to_string(), rule));
  }

  void check_attributes(int id, Payload& payload, bool blocking) {
    const Side& side = sides_[id];
    const std::uint64_t length = payload.get_data_length();
    const std::uint64_t address = payload.get_address();
    expect(payload.is_read() || payload.is_write(), id, "a burst reads or writes");
    expect(payload.get_data_ptr() != nullptr, id, "the data pointer is null");
    expect(length > 0 && length % side.bus_bytes == 0, id, "the length is no whole beats");
    expect(length / side.bus_bytes <= 256, id, "more than 256 beats");
    expect(payload.get_streaming_width() >= length, id, "the streaming width is too small");
    expect(payload.get_byte_enable_ptr() == nullptr, id, "byte enables");
    expect(payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE, id,
           "the response status is not incomplete");
    expect(!payload.is_dmi_allowed(), id, "DMI is allowed");
    expect(address % side.bus_bytes == 0, id, "the address is not on a beat");
    expect(address / 4096 == (address + length - 1) / 4096, id, "a burst crosses 4 KB");
    if (blocking) return;
    expect(payload.has_mm(), id, "no memory manager");
    const auto* axi = payload.get_extension<AxiExtension>();
    expect(axi != nullptr, id, "the AXI extension is missing");
    if (axi == nullptr) return;
    expect(std::uint64_t(axi->length) * side.bus_bytes == length, id,
           "length of burst and payload differ");
    expect(axi->beats.empty(), id, "a request has beats of an answer");
  }

  void check_unchanged(int id, Payload& payload, const Transaction& known) {
    expect(payload.get_command() == known.command && payload.get_address() == known.address &&
               payload.get_data_length() == known.length && payload.get_data_ptr() == known.data,
           id, "attributes changed after BEGIN_REQ");
  }

  /// The time of a phase, which must not be before the one before it.
  sc_core::sc_time follow(int id, Transaction& transaction, const tlm::tlm_phase& phase,
                          const sc_core::sc_time& delay) {
    const sc_core::sc_time time = sc_core::sc_time_stamp() + delay;
    expect(time >= transaction.time, id, "a phase is earlier than the one before it");
    transaction.phase = phase;
    transaction.time = time;
    return time;
  }

  void see(int id, Payload& payload, const tlm::tlm_phase& phase, const sc_core::sc_time& delay,
           bool forward) {
    Side& side = sides_[id];
    ++phases_[phase];
    expect(delay < sc_core::sc_time(1, sc_core::SC_SEC), id, "a delay is below 0");
    expect(forward == (phase == tlm::BEGIN_REQ || phase == tlm::END_RESP), id,
           "a phase on the wrong path");
    const auto found = side.transactions.find(&payload);
    if (phase == tlm::BEGIN_REQ) {
      expect(found == side.transactions.end(), id, "BEGIN_REQ of a payload that is under way");
      expect(side.request == nullptr, id, "BEGIN_REQ before the request before it has ended");
      expect(sc_core::sc_time_stamp() + delay >= side.request_end, id,
             "BEGIN_REQ earlier than the end of the request before it");
      check_attributes(id, payload, false);
      side.request = &payload;
      side.transactions[&payload] = {phase,
                                     sc_core::sc_time_stamp() + delay,
                                     payload.get_command(),
                                     payload.get_address(),
                                     payload.get_data_length(),
                                     payload.get_data_ptr()};
      return;
    }
    expect(found != side.transactions.end(), id, "a phase of an unknown payload");
    if (found == side.transactions.end()) return;
    Transaction& transaction = found->second;
    const tlm::tlm_phase before = transaction.phase;
    check_unchanged(id, payload, transaction);
    const sc_core::sc_time time = follow(id, transaction, phase, delay);
    if (phase == tlm::END_REQ) {
      expect(before == tlm::BEGIN_REQ && side.request == &payload, id, "END_REQ out of order");
      side.request = nullptr;
      side.request_end = time;
    } else if (phase == tlm::BEGIN_RESP) {
      expect(before == tlm::BEGIN_REQ || before == tlm::END_REQ, id, "BEGIN_RESP out of order");
      expect(side.response == nullptr, id, "BEGIN_RESP before the response before it has ended");
      expect(time >= side.response_end, id,
             "BEGIN_RESP earlier than the end of the response before it");
      expect(payload.get_response_status() == tlm::TLM_OK_RESPONSE, id,
             "the response status is not OK at BEGIN_RESP");
      const auto* axi = payload.get_extension<AxiExtension>();
      expect(axi != nullptr && !axi->beats.empty(), id, "an answer without beats");
      side.response = &payload;
      if (side.request == &payload) {  // BEGIN_RESP ends the request, too
        side.request = nullptr;
        side.request_end = time;
      }
    } else if (phase == tlm::END_RESP) {
      expect(before == tlm::BEGIN_RESP && side.response == &payload, id, "END_RESP out of order");
      side.response = nullptr;
      side.response_end = time;
      side.transactions.erase(found);
    } else {
      expect(false, id, "a phase that the base protocol does not have");
    }
  }

  /// A non-blocking call must return at once and, as here all phases have a call of their own,
  /// leave its arguments alone.
  template <typename Call>
  tlm::tlm_sync_enum pass(int id, tlm::tlm_phase& phase, sc_core::sc_time& delay, Call call) {
    const tlm::tlm_phase phase_before = phase;
    const sc_core::sc_time delay_before = delay;
    const sc_dt::uint64 delta = sc_core::sc_delta_count();
    const tlm::tlm_sync_enum result = call();
    expect(sc_core::sc_delta_count() == delta, id, "a non-blocking call waited");
    expect(result == tlm::TLM_ACCEPTED, id, "a call was not just accepted");
    expect(phase == phase_before && delay == delay_before, id,
           "an accepted call changed phase or delay");
    return result;
  }

  tlm::tlm_sync_enum forward(int id, Payload& payload, tlm::tlm_phase& phase,
                             sc_core::sc_time& delay) {
    see(id, payload, phase, delay, true);
    return pass(id, phase, delay,
                [&] { return (*to[id])->nb_transport_fw(payload, phase, delay); });
  }

  tlm::tlm_sync_enum backward(int id, Payload& payload, tlm::tlm_phase& phase,
                              sc_core::sc_time& delay) {
    see(id, payload, phase, delay, false);
    return pass(id, phase, delay,
                [&] { return (*from[id])->nb_transport_bw(payload, phase, delay); });
  }

  void block(int id, Payload& payload, sc_core::sc_time& delay) {
    check_attributes(id, payload, true);
    const sc_core::sc_time before = delay;
    (*to[id])->b_transport(payload, delay);
    expect(delay >= before, id, "b_transport made its delay smaller");
    expect(payload.get_response_status() == tlm::TLM_OK_RESPONSE, id,
           "the response status is not OK after b_transport");
  }

  std::vector<Side> sides_;
  std::map<unsigned, std::uint64_t> phases_;
  std::vector<std::string> faults_;
};

}  // namespace qnnsim::test
