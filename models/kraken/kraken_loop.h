// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kraken/kraken_params.h"

namespace qnnsim {

/// Where the array is in its program: images, row blocks, columns of pixels, and the words of
/// weights of each, the innermost.
class KrakenLoop {
 public:
  explicit KrakenLoop(KrakenProgram program) : program_(std::move(program)) {}

  std::size_t index() const { return index_; }  ///< of the packet
  const KrakenPacket& packet() const { return (*program_)[index_]; }
  int word() const { return word_; }
  bool is_first() const { return word_ == 0 && column_ == 0 && map_ == 0; }  ///< of the packet

  /// What goes with the present word.
  KrakenControl control() const {
    const KrakenPacket& now = packet();
    KrakenControl control;
    control.kernel_w = now.kernel_w;
    control.bypass = word_ == 0 && (column_ == 0 || now.kernel_w == 1);
    control.column_ends = word_ + 1 == now.words();
    control.masked = column_ < now.kernel_w / 2;
    control.row_ends = column_ + 1 == now.width;
    return control;
  }

  /// On to the next word, after the last one to the next packet, after the last of these to the
  /// first; was this the last word of its packet?
  bool step() {
    const KrakenPacket& now = packet();
    if (++word_ < now.words()) return false;
    word_ = 0;
    if (++column_ < now.width) return false;
    column_ = 0;
    if (++map_ < std::int64_t{now.blocks} * now.images) return false;
    map_ = 0;
    index_ = (index_ + 1) % program_->size();
    return true;
  }

 private:
  KrakenProgram program_;
  std::size_t index_ = 0;
  int word_ = 0;
  int column_ = 0;
  std::int64_t map_ = 0;  ///< row block of an image
};

}  // namespace qnnsim
