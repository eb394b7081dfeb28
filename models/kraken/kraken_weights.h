// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "models/kraken/kraken_loop.h"
#include "models/kraken/packet_gearbox.h"

namespace qnnsim {

/// The weights rotator of the Kraken engine, with the width adapter in front of it.
///
/// A packet is a header and `kernel_h` x `channels` words of `columns` weights, channel by channel.
/// It fills one of two RAMs while the other is read: all its words over and over, once for every
/// column of pixels. Each word leaves (output 0) with its control word (output 1, KrakenControl).
///
/// A header is taken when the RAM to be filled is free; a word is written in each cycle in which
/// the adapter has one. kSwitch cycles after the RAM is full and the other one has been read, its
/// first word is read, a word a cycle; it leaves kReadLatency cycles later. A full output stops the
/// reading. RTL: rtl/kraken/qnn_kraken_weights.sv.
class KrakenWeights final : public Kernel {
 public:
  static constexpr int kSwitch = 3;       ///< [cycles] as in the open RTL (facts: span)
  static constexpr int kReadLatency = 2;  ///< [cycles] the RAM's own register and one behind it

  KrakenWeights(const KrakenParams& params, KrakenProgram program);
  Step tick(Cycle now) override;
  std::uint64_t frame_interval() const override { return outputs().front().beats; }
  std::string_view block() const override { return "kraken_weights"; }
  Traits traits() const override;
  std::vector<KernelMemory> memories() const override;
  std::optional<RtlModule> rtl() const override;
  void carry_data() override;

 private:
  /// A word on its way out of the RAM.
  struct Word {
    bool valid = false;
    Value control = 0;
    std::vector<Value> weights;
  };

  bool fill();
  bool read(bool advances);
  void issue(Word& word);

  const KrakenParams params_;
  const KrakenProgram program_;
  PacketGearbox adapter_;
  // Filling
  std::size_t filled_ = 0;  ///< packet that is being filled
  int fill_bank_ = 0;
  int header_left_ = 0;         ///< [beats]
  int words_left_ = 0;          ///< to be written; 0: a header comes next
  std::array<bool, 2> full_{};  ///< by bank
  // Reading
  KrakenLoop loop_;
  int read_bank_ = 0;
  bool reading_ = false;
  int switch_left_ = kSwitch;                ///< [cycles]
  std::array<Word, kReadLatency> pipeline_;  ///< the oldest last
  bool carries_data_ = false;
  std::array<std::vector<Value>, 2> banks_;  ///< [bank][word][column]
};

}  // namespace qnnsim
