// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/kernel.h"
#include "models/pipeline.h"

namespace qnnsim {

struct SlidingWindowParams {
  int height = 1;         ///< [pixels] of the (padded) input map
  int width = 1;          ///< [pixels] of the (padded) input map
  int channels = 1;       ///< [channels]
  int simd = 1;           ///< [channels per input beat], divides `channels`
  int kernel_h = 1;       ///< [pixels]
  int kernel_w = 1;       ///< [pixels]
  int stride_h = 1;       ///< [pixels]
  int stride_w = 1;       ///< [pixels]
  int dilation_h = 1;     ///< [pixels] between kernel rows
  int dilation_w = 1;     ///< [pixels] between kernel columns
  int groups = 1;         ///< channel groups, the outer loop of a window; divides channels / simd.
                          ///< 1 for a convolution, channels / simd for depthwise and pooling
  bool parallel = false;  ///< the whole window in one beat; needs groups = channels / simd
  int mmv = 1;            ///< [windows per beat] side by side; divides the output width
  DataType type = DataType::bipolar();
  std::string memory = "auto";  ///< of the line buffer: auto, lut, bram or uram

  int folds() const { return channels / simd; }                   ///< [beats per pixel]
  int span_h() const { return (kernel_h - 1) * dilation_h + 1; }  ///< [pixels] a window covers
  int span_w() const { return (kernel_w - 1) * dilation_w + 1; }  ///< [pixels] a window covers
  int output_height() const { return (height - span_h()) / stride_h + 1; }
  int output_width() const { return (width - span_w()) / stride_w + 1; }
  std::int64_t input_beats() const { return std::int64_t{height} * width * folds(); }
  std::int64_t output_beats() const;

  /// [beats] of line buffer: the span of `mmv` windows, and with a vertical stride the rows that
  /// arrive while an output row leaves, so that neither side waits for the other within a frame.
  /// Where both sides move a pixel a beat, one more: a slot is free only an edge after its last
  /// use.
  std::int64_t buffer_beats() const;
};

/// Turns a feature map into the windows of a convolution or pooling.
///
/// Beats of a window leave in the order group, kernel row, kernel column, channel fold within the
/// group. At most one beat enters and one leaves a cycle; a beat that entered at edge t may be part
/// of the beat issued at t+1, which stands in the output register (latency 1) and may be pushed at
/// t+2. The line buffer is a ring of `buffer_beats`: a slot is free from the edge after its last
/// use on, so rows of the next frame enter while the last windows of this one leave. RTL:
/// rtl/qnn_sliding_window.sv.
class SlidingWindow final : public Kernel {
 public:
  explicit SlidingWindow(SlidingWindowParams params);
  Step tick(Cycle now) override;
  /// Solves the max-plus recurrence of the schedule over some frames; no closed form is shorter.
  std::uint64_t frame_interval() const override;
  std::string memory_style() const override { return params_.memory; }
  std::optional<RtlModule> rtl() const override;
  std::string_view block() const override { return "sliding_window"; }
  Traits traits() const override;
  std::vector<KernelMemory> memories() const override;
  std::optional<Schedule> schedule() const override;
  void carry_data() override;

 private:
  /// Walks over the output beats in order; indices count input beats since reset.
  class Cursor {
   public:
    explicit Cursor(const SlidingWindowParams& params);
    std::int64_t newest_needed() const { return first_ + newest_offset_; }
    /// No output from here on needs an older beat.
    std::int64_t oldest_needed() const { return first_ < next_group_ ? first_ : next_group_; }
    std::int64_t first() const { return first_; }
    void advance();

   private:
    void enter_group();

    const SlidingWindowParams p_;
    const std::int64_t row_;  ///< [beats] of an input row
    const int group_folds_;   ///< [beats per pixel] of one group
    std::int64_t newest_offset_ = 0;
    std::int64_t frame_ = 0;        ///< first beat of the frame
    std::int64_t row_start_ = 0;    ///< first beat of the output row's windows
    std::int64_t window_ = 0;       ///< first beat of the window
    std::int64_t group_start_ = 0;  ///< first beat of the group within the window
    std::int64_t kernel_row_ = 0;   ///< group_start_ + row of the kernel
    std::int64_t kernel_column_ = 0;
    std::int64_t first_ = 0;       ///< first beat of the present output beat
    std::int64_t next_group_ = 0;  ///< first beat of the group or window after the present one
    int oy_ = 0, ox_ = 0, group_ = 0, ky_ = 0, kx_ = 0, fold_ = 0;
  };

  void gather(Value* result) const;

  const SlidingWindowParams params_;
  const std::int64_t capacity_;
  Pipeline pipeline_{1};
  Cursor cursor_;
  std::int64_t received_ = 0;
  std::int64_t ring_mask_ = 0;
  std::vector<Value> ring_;
};

}  // namespace qnnsim
