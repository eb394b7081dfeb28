// SPDX-License-Identifier: Apache-2.0
#include "models/sliding_window.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "models/block.h"

namespace qnnsim {
namespace {

SlidingWindowParams checked(SlidingWindowParams p) {
  const auto text = [](int value) { return std::to_string(value); };
  const std::vector<std::pair<const char*, int>> sizes = {
      {"height", p.height},     {"width", p.width},           {"channels", p.channels},
      {"kernel_h", p.kernel_h}, {"kernel_w", p.kernel_w},     {"stride_h", p.stride_h},
      {"stride_w", p.stride_w}, {"dilation_h", p.dilation_h}, {"dilation_w", p.dilation_w}};
  for (const auto& [field, value] : sizes) require_positive("sliding window", field, value);
  require_divisor("sliding window", "simd", p.simd, "channels", p.channels);
  require(p.span_h() <= p.height && p.span_w() <= p.width,
          "sliding window: a window of " + text(p.span_h()) + " x " + text(p.span_w()) +
              " does not fit into a map of " + text(p.height) + " x " + text(p.width));
  require_divisor("sliding window", "groups", p.groups, "the folds of a pixel,", p.folds());
  require(!p.parallel || p.groups == p.folds(),
          "sliding window: a parallel window needs all channels of a group in one beat");
  require_divisor("sliding window", "mmv", p.mmv, "the output width", p.output_width());
  require(p.mmv == 1 || p.groups == 1, "sliding window: mmv needs a single group");
  return p;
}

Port input_port(const SlidingWindowParams& p) {
  return {p.simd, p.type, std::uint64_t(p.input_beats())};
}

Port output_port(const SlidingWindowParams& p) {
  const int window = p.parallel ? p.kernel_h * p.kernel_w : 1;
  return {p.simd * window * p.mmv, p.type, std::uint64_t(p.output_beats())};
}

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  SlidingWindowParams p;
  p.height = a.count("height");
  p.width = a.count("width");
  p.channels = a.count("channels");
  p.simd = a.count("simd");
  p.kernel_h = a.count("kernel_h");
  p.kernel_w = a.count("kernel_w");
  p.stride_h = a.count("stride_h", 1);
  p.stride_w = a.count("stride_w", 1);
  p.dilation_h = a.count("dilation_h", 1);
  p.dilation_w = a.count("dilation_w", 1);
  p.groups = a.count("groups", 1);
  p.parallel = a.boolean("parallel", false);
  p.mmv = a.count("mmv", 1);
  p.type = a.type("type");
  return std::make_unique<SlidingWindow>(p);
}

const BlockRegistration kBlock("sliding_window", create_block);

}  // namespace

std::int64_t SlidingWindowParams::output_beats() const {
  const std::int64_t window = parallel ? groups : std::int64_t{kernel_h} * kernel_w * folds();
  return std::int64_t{output_height()} * (output_width() / mmv) * window;
}

std::int64_t SlidingWindowParams::buffer_beats() const {
  const std::int64_t row = std::int64_t{width} * folds();
  const std::int64_t span = (span_h() - 1) * row + (span_w() + (mmv - 1) * stride_w) * folds();
  const std::int64_t output_row = output_beats() / output_height();
  const std::int64_t early_rows =
      std::clamp<std::int64_t>(output_row - row, 0, (stride_h - 1) * row);
  const bool beat_a_pixel = folds() == 1 && (parallel || kernel_h * kernel_w == 1);
  return span + early_rows + (beat_a_pixel ? 1 : 0);
}

SlidingWindow::Cursor::Cursor(const SlidingWindowParams& params)
    : p_(params),
      row_(std::int64_t{params.width} * params.folds()),
      group_folds_(params.folds() / params.groups) {
  if (p_.parallel) {
    newest_offset_ = (p_.span_h() - 1) * row_ + std::int64_t{p_.span_w() - 1} * p_.folds();
  }
  newest_offset_ += std::int64_t{p_.mmv - 1} * p_.stride_w * p_.folds();
  enter_group();
}

void SlidingWindow::Cursor::enter_group() {
  group_start_ = window_ + std::int64_t{group_} * group_folds_;
  kernel_row_ = kernel_column_ = first_ = group_start_;
  if (group_ + 1 < p_.groups) {
    next_group_ = group_start_ + group_folds_;
  } else if (ox_ + p_.mmv < p_.output_width()) {
    next_group_ = window_ + std::int64_t{p_.stride_w} * p_.mmv * p_.folds();
  } else if (oy_ + 1 < p_.output_height()) {
    next_group_ = row_start_ + p_.stride_h * row_;
  } else {
    next_group_ = frame_ + p_.height * row_;
  }
}

void SlidingWindow::Cursor::advance() {
  if (!p_.parallel) {
    if (++fold_ < group_folds_) {
      ++first_;
      return;
    }
    fold_ = 0;
    if (++kx_ < p_.kernel_w) {
      first_ = kernel_column_ += std::int64_t{p_.dilation_w} * p_.folds();
      return;
    }
    kx_ = 0;
    if (++ky_ < p_.kernel_h) {
      first_ = kernel_column_ = kernel_row_ += p_.dilation_h * row_;
      return;
    }
    ky_ = 0;
  }
  if (++group_ == p_.groups) {
    group_ = 0;
    window_ = next_group_;
    if ((ox_ += p_.mmv) == p_.output_width()) {
      ox_ = 0;
      row_start_ = window_;
      if (++oy_ == p_.output_height()) {
        oy_ = 0;
        frame_ = window_;
      }
    }
  }
  enter_group();
}

SlidingWindow::SlidingWindow(SlidingWindowParams params)
    : Kernel{{input_port(checked(params))}, {output_port(params)}},
      params_(params),
      capacity_(params.buffer_beats()),
      cursor_(params) {}

Step SlidingWindow::tick(Cycle) {
  Fifo& input = in();
  Fifo& output = out();
  const bool available = received_ > cursor_.newest_needed();
  const bool accepts = input.can_pop() && received_ - cursor_.oldest_needed() < capacity_;
  const bool issues = available && pipeline_.has_room(output);
  const bool still = pipeline_.is_still(output);
  if (issues && pipeline_.carries_data()) gather(pipeline_.issue_slot());
  pipeline_.advance(output, issues);
  if (issues) cursor_.advance();
  if (accepts) {
    if (!ring_.empty()) {
      std::copy_n(input.front(), params_.simd, &ring_[(received_ & ring_mask_) * params_.simd]);
    }
    input.pop();
    ++received_;
  }
  if (accepts || issues) return Step::busy();
  return available ? Step::blocked(still) : Step::starved(still);
}

std::uint64_t SlidingWindow::frame_interval() const {
  // taken[i % n]: when input beat i enters; freed[i]: when the slot that it reuses becomes free.
  // Both sides advance in order, so one sweep over the output beats of a few frames suffices.
  constexpr int kFrames = 4;
  Cursor cursor(params_);
  std::int64_t entered = 0;      // beats that have entered
  std::int64_t last_entry = -1;  // cycle in which the newest of them did
  std::int64_t last_issue = -1;
  std::int64_t frame_end = 0;
  std::int64_t interval = 0;
  std::int64_t window = 1;  // a power of two: division would take most of the time
  while (window < 2 * capacity_ + params_.input_beats()) window *= 2;
  std::vector<std::int64_t> entry(window);  // cycle of entry by beat, cyclic
  std::int64_t free_from = 0;               // cycle from which `oldest` holds
  for (int frame = 0; frame < kFrames; ++frame) {
    for (std::int64_t beat = 0; beat < params_.output_beats(); ++beat) {
      // Beats that fit while the cursor stands here, entering one a cycle.
      while (entered < cursor.oldest_needed() + capacity_) {
        last_entry = std::max(last_entry + 1, free_from);
        entry[entered & (window - 1)] = last_entry;
        ++entered;
      }
      last_issue = std::max(last_issue + 1, entry[cursor.newest_needed() & (window - 1)] + 1);
      cursor.advance();
      free_from = last_issue + 1;
    }
    interval = last_issue - frame_end;
    frame_end = last_issue;
  }
  return interval;
}

std::optional<RtlModule> SlidingWindow::rtl() const {
  return RtlModule("qnn_sliding_window")
      .set("Height", params_.height)
      .set("Width", params_.width)
      .set("Folds", params_.folds())
      .set("KernelH", params_.kernel_h)
      .set("KernelW", params_.kernel_w)
      .set("StrideH", params_.stride_h)
      .set("StrideW", params_.stride_w)
      .set("DilationH", params_.dilation_h)
      .set("DilationW", params_.dilation_w)
      .set("Groups", params_.groups)
      .set("Parallel", params_.parallel ? 1 : 0)
      .set("Mmv", params_.mmv)
      .set("Capacity", capacity_)
      .set("Lanes", params_.simd)
      .set("LaneWidth", params_.type.bits())
      .set_text("Memory", params_.memory);
}

void SlidingWindow::carry_data() {
  std::int64_t slots = 1;
  while (slots < capacity_) slots *= 2;
  ring_mask_ = slots - 1;
  ring_.resize(slots * params_.simd);
  pipeline_.carry_data(outputs().front().lanes);
}

void SlidingWindow::gather(Value* result) const {
  const int rows = params_.parallel ? params_.kernel_h : 1;
  const int columns = params_.parallel ? params_.kernel_w : 1;
  const std::int64_t row = std::int64_t{params_.width} * params_.folds();
  for (int m = 0; m < params_.mmv; ++m) {
    for (int ky = 0; ky < rows; ++ky) {
      for (int kx = 0; kx < columns; ++kx) {
        const std::int64_t beat =
            cursor_.first() + ky * params_.dilation_h * row +
            (std::int64_t{kx} * params_.dilation_w + std::int64_t{m} * params_.stride_w) *
                params_.folds();
        result = std::copy_n(&ring_[(beat & ring_mask_) * params_.simd], params_.simd, result);
      }
    }
  }
}

std::optional<Schedule> SlidingWindow::schedule() const {
  Schedule schedule;
  schedule.latency = pipeline_.depth();
  schedule.beats = params_.input_beats();
  schedule.capacity = capacity_;
  schedule.busy = BusyRule::kIssueOrIntake;
  schedule.issues.reserve(params_.output_beats());
  Cursor cursor(params_);
  for (std::int64_t beat = 0; beat < params_.output_beats(); ++beat, cursor.advance()) {
    Issue issue;
    issue.newest = static_cast<std::int32_t>(cursor.newest_needed());
    issue.oldest = static_cast<std::int32_t>(cursor.oldest_needed());
    issue.emits = 1;
    schedule.issues.push_back(issue);
  }
  return schedule;
}

Traits SlidingWindow::traits() const {
  return {{"height", params_.height},
          {"width", params_.width},
          {"channels", params_.channels},
          {"simd", params_.simd},
          {"kernel_h", params_.kernel_h},
          {"kernel_w", params_.kernel_w},
          {"stride_h", params_.stride_h},
          {"stride_w", params_.stride_w},
          {"dilation_h", params_.dilation_h},
          {"dilation_w", params_.dilation_w},
          {"groups", params_.groups},
          {"parallel", params_.parallel ? 1 : 0},
          {"mmv", params_.mmv},
          {"folds", params_.folds()},
          {"capacity", capacity_},
          {"output_height", params_.output_height()},
          {"output_width", params_.output_width()},
          {"bits", params_.type.bits()}};
}

std::vector<KernelMemory> SlidingWindow::memories() const {
  const std::int64_t beat = inputs().front().width_bits();
  if (!params_.parallel) {
    return {{static_cast<std::uint64_t>(capacity_), beat, params_.memory, params_.mmv}};
  }
  // Lines between the kernel's rows, and the rows themselves: rtl/qnn_parallel_window.sv.
  std::vector<KernelMemory> memories;
  const int pixels = params_.span_w() + (params_.mmv - 1) * params_.stride_w;
  const int gap = (params_.dilation_h * params_.width - pixels) * params_.folds();
  if (gap > 1 && params_.kernel_h > 1) {
    memories.push_back(
        {static_cast<std::uint64_t>(gap), beat, params_.memory, params_.kernel_h - 1});
  }
  if (params_.folds() > 1) {
    // Two folds are read at once.
    memories.push_back({static_cast<std::uint64_t>(params_.folds()), pixels * beat, "lut",
                        2 * params_.kernel_h, false, false});
  }
  return memories;
}

}  // namespace qnnsim
