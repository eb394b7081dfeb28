// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <deque>
#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "sim/memory/memory_system.h"

namespace qnnsim {

/// What an AXI burst has beside a generic payload, and when its beats come: TLM-2.0 knows one
/// response, the beats of a burst have a cycle each. The target adds to `beats` until the response
/// ends, and until then tells `room`.
struct AxiExtension final : tlm::tlm_extension<AxiExtension> {
  int id = 0;                        ///< of the master; one ID a master, so answers come in order
  int length = 0;                    ///< [beats]
  Cycle room = kNever;               ///< from which on the interconnect has room for another burst
  std::deque<Memory::Answer> beats;  ///< cycles, and [beats read] since reset; a write has one

  tlm_extension_base* clone() const override { return new AxiExtension(*this); }
  void copy_from(const tlm_extension_base& other) override {
    *this = static_cast<const AxiExtension&>(other);
  }
};

/// Payloads with their extensions, used again and again; they end with this, even those that are
/// under way when a simulation ends.
class AxiPayloads final : public tlm::tlm_mm_interface {
 public:
  tlm::tlm_generic_payload& acquire();
  void free(tlm::tlm_generic_payload* payload) override;

 private:
  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> all_;
  std::vector<tlm::tlm_generic_payload*> free_;
};

/// A master's side of the bus, approximately timed: a payload is a burst. BEGIN_REQ is the address
/// (and all data of a write), END_REQ says that the interconnect has room for another one,
/// BEGIN_RESP is the first beat of the answer, END_RESP the last one. The base protocol: where the
/// first beat comes before there is room, BEGIN_RESP ends the request, too, and the extension says
/// when there is room.
class AxiInitiator final : public sc_core::sc_module, public MemoryLink {
 public:
  tlm_utils::simple_initiator_socket<AxiInitiator> socket{"socket"};

  AxiInitiator(const sc_core::sc_module_name& name, int id, int bus_bytes, sc_core::sc_time period);

  bool can_send(Cycle now) override;
  void send(const AxiBurst& burst, Cycle now) override;
  std::uint64_t answered(Cycle now) override;

 private:
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);

  const int id_;
  const int bus_bytes_;
  const sc_core::sc_time period_;
  std::vector<unsigned char> data_;  ///< what payloads point to: values stand in MemoryTensor
  AxiPayloads payloads_;
  Cycle room_from_ = 0;                            ///< kNever while it is not known
  tlm::tlm_generic_payload* request_ = nullptr;    ///< between BEGIN_REQ and its end
  tlm::tlm_generic_payload* early_ = nullptr;      ///< sent last, being answered without END_REQ
  tlm::tlm_generic_payload* answering_ = nullptr;  ///< between BEGIN_RESP and END_RESP
  std::uint64_t answer_end_ = 0;  ///< what `answered_` is when the present answer is complete
  std::uint64_t answered_ = 0;
};

/// A memory behind one socket a master. Thin: all decisions are those of Memory.
///
/// `b_transport` is served too: it runs the memory until the burst has been answered and adds the
/// time to its delay, so that traffic of the same initiator queues up. Several loosely timed
/// initiators see each other exactly only if none runs ahead of the others. A socket must not block
/// while bursts that did not are under way on it.
class MemoryTarget final : public sc_core::sc_module {
 public:
  using Socket = tlm_utils::simple_target_socket_tagged<MemoryTarget>;

  /// One for each port of `memory`, in its order.
  std::vector<std::unique_ptr<Socket>> sockets;

  MemoryTarget(const sc_core::sc_module_name& name, Memory& memory, int ports,
               sc_core::sc_time period);

 private:
  /// What the base protocol remembers of a socket.
  struct Side {
    tlm::tlm_generic_payload* request = nullptr;       ///< its room is not known yet
    std::deque<tlm::tlm_generic_payload*> unanswered;  ///< not yet BEGIN_RESP
    tlm::tlm_generic_payload* response = nullptr;      ///< not yet END_RESP
    std::uint64_t end = 0;  ///< what has been answered when the present answer is complete
    std::deque<Memory::Answer> answers;  ///< not yet told
  };

  tlm::tlm_sync_enum nb_transport_fw(int id, tlm::tlm_generic_payload& payload,
                                     tlm::tlm_phase& phase, sc_core::sc_time& delay);
  void b_transport(int id, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void on_cycle();
  void tell(int id, Cycle now);
  void tell_room(int id, Cycle now);
  bool begins_response(int id, Cycle now);

  Memory& memory_;
  const sc_core::sc_time period_;
  std::vector<Side> sides_;
  sc_core::sc_event wake_;
};

}  // namespace qnnsim
