// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/kraken/kraken_params.h"
#include "models/kraken/packet_gearbox.h"

namespace qnnsim {

/// The pixel shifter of the Kraken engine, with the width adapter in front of it.
///
/// A packet is a header and vectors of `rows` pixels (and, where the kernel is higher than 1, the
/// `edge_rows` below them), in the order image, row block, column, channel. The adapter makes them
/// of AXI beats. A vector is loaded together with the rows above it, which the edge RAM keeps from
/// the row block before (0 above the map), and gives `kernel_h` beats of `rows` pixels, one row
/// further down in each.
///
/// The header is taken when everything of the packet before has left; kReconfigure cycles later the
/// packet's first beat may be. A vector is loaded at the edge at which the last beat of the one
/// before leaves. RTL: rtl/kraken/qnn_kraken_pixels.sv.
class KrakenPixels final : public Kernel {
 public:
  /// [cycles] between a header and the first beat behind it. The open RTL waits about as long
  /// between packets: docs/kraken.md compares its measured gaps.
  static constexpr int kReconfigure = 4;

  KrakenPixels(const KrakenParams& params, KrakenProgram program);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return outputs().front().beats; }
  std::string_view block() const override { return "kraken_pixels"; }
  Traits traits() const override;
  std::vector<KernelMemory> memories() const override;
  std::optional<RtlModule> rtl() const override;
  void carry_data() override;

 private:
  enum class State { kHeader, kConfigure, kVectors };

  const KrakenPacket& packet() const { return (*program_)[index_]; }
  PacketGearbox& gearbox() { return packet().kernel_h == 1 ? low_ : high_; }
  bool take_header(bool offered);
  void load(const Value* vector);
  void step_position();

  const KrakenParams params_;
  const KrakenProgram program_;
  PacketGearbox low_;   ///< for a kernel of height 1
  PacketGearbox high_;  ///< for every other
  State state_ = State::kHeader;
  std::size_t index_ = 0;           ///< of the packet
  int waits_ = 0;                   ///< [beats] of the header or [cycles] that are left
  bool loaded_ = false;             ///< a vector is
  int row_ = 0;                     ///< of the kernel, of the next beat
  std::uint64_t vectors_left_ = 0;  ///< of the packet, to be loaded
  int place_ = 0;                   ///< column x channels + channel of the next vector
  int block_ = 0;                   ///< of rows
  bool carries_data_ = false;
  std::vector<Value> window_;  ///< rows -kernel_h / 2 .. rows + kernel_h / 2 - 1 of the block
  std::vector<Value> edges_;   ///< [place][edge_rows]: the last rows above the next block
};

}  // namespace qnnsim
