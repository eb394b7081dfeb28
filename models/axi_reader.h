// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/axi_transfer.h"
#include "models/kernel.h"

namespace qnnsim {

/// What travels on AR and AW: address [bus beats] and length - 1 [beats].
inline constexpr int kAxiAddressLanes = 2;

/// The module of a master's bridge with the parameters that every master has.
RtlModule axi_rtl(const std::string& module, const AxiTransferParams& params);

/// The ports of an AXI master's channels as streams, by transfer.
Port axi_address_port(const AxiTransferParams& params);
Port axi_data_port(const AxiTransferParams& params);
/// Sends the address of the walk's present burst on AR or AW and steps to the next one.
void send_address(Fifo& channel, BurstWalk& walk);
/// A stream that carries nothing but the fact that something happened, `beats` times a frame.
Port token_port(std::uint64_t beats);

/// Reads a tensor from memory over AXI4, once for every token, and streams it: the input DMA, and
/// the weight streamer.
///
/// Streams: tokens (input 0) and R (input 1); the elements (output 0) and AR (output 1). A token
/// taken at edge t starts the addresses of a pass at t + 1, or behind those of the pass before: a
/// burst an edge while fewer than `outstanding` are under way, counted up to the edge after their
/// last beat. Data takes no cycle of its own: a stream beat is a slice of the R beat in front,
/// which is taken with its last slice.
/// RTL: rtl/qnn_axi_reader.sv, between streams by rtl/qnn_axi_reader_bridge.sv.
class AxiReader final : public Kernel {
 public:
  explicit AxiReader(AxiTransferParams params);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return params_.frame_stream_beats(); }
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "axi_reader"; }
  Traits traits() const override;

  const AxiTransferParams& params() const { return params_; }

 private:
  bool move_data();

  const AxiTransferParams params_;
  const int lanes_;
  const int slices_;
  std::uint64_t stream_beats_;  ///< of the present pass
  BurstWalk addresses_;
  BurstWalk answers_;
  int passes_ = 0;          ///< begun, up to 2, their addresses not all sent
  int outstanding_ = 0;     ///< [bursts]
  int slice_ = 0;           ///< of the R beat in front
  int burst_beat_ = 0;      ///< [beats] of the present burst that have been taken
  std::uint64_t sent_ = 0;  ///< [stream beats] of the present pass
};

}  // namespace qnnsim
