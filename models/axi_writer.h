// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/axi_reader.h"

namespace qnnsim {

/// Writes a stream to memory over AXI4, a pass a frame: the output DMA.
///
/// Streams: the elements (input 0) and B (input 1); a token for every pass that memory has
/// acknowledged whole (output 0), AW (output 1) and W (output 2). A pass begins when its first
/// stream beat is there and the pass before has been sent: then a burst address an edge while fewer
/// than `outstanding` are under way, counted up to the edge after their B. Slices are collected
/// into a bus beat, which is sent at the edge of its last slice, at the earliest at the edge at
/// which the address of its burst is first offered. It does not wait for that address to be taken:
/// VALID of one channel must not depend on READY of another (AMBA AXI, A3.3.1). The token leaves at
/// the edge of the last B.
/// RTL: rtl/qnn_axi_writer.sv, between streams by rtl/qnn_axi_writer_bridge.sv.
class AxiWriter final : public Kernel {
 public:
  explicit AxiWriter(AxiTransferParams params);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return params_.frame_stream_beats(); }
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "axi_writer"; }
  Traits traits() const override;
  void carry_data() override;

  const AxiTransferParams& params() const { return params_; }

 private:
  bool move_data();
  bool move_response();

  const AxiTransferParams params_;
  const int lanes_;
  const int slices_;
  const Value padding_;         ///< what an element is whose bits are 0
  std::uint64_t stream_beats_;  ///< of the present pass
  BurstWalk addresses_;
  BurstWalk data_;
  BurstWalk responses_;
  bool active_ = false;  ///< the present pass has addresses left
  bool begun_ = false;   ///< a pass has begun and its last beat has not been taken
  int outstanding_ = 0;  ///< [bursts]
  /// [bursts] whose address has been sent, and not all their data; -1: all data of the address that
  /// is still offered.
  int ahead_ = 0;
  int slice_ = 0;                 ///< of the bus beat being collected
  int burst_beat_ = 0;            ///< [beats] of the present burst that have been sent
  std::uint64_t taken_ = 0;       ///< [stream beats] of the present pass
  std::vector<Value> collected_;  ///< the bus beat; empty unless data is carried
};

}  // namespace qnnsim
