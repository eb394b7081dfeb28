// SPDX-License-Identifier: Apache-2.0
#include "models/reorder_buffer.h"

#include <algorithm>
#include <memory>

#include "models/block.h"

namespace qnnsim {
namespace {

ReorderBufferParams checked(ReorderBufferParams p) {
  const std::string name = "reorder buffer";
  const auto text = [](std::int64_t value) { return std::to_string(value); };
  require_positive(name, "lanes", p.lanes);
  require_positive(name, "beats", p.beats);
  require_positive(name, "block", p.block);
  require_positive(name, "outer", p.outer);
  require_positive(name, "inner", p.inner);
  require(p.outer_stride >= 0 && p.inner_stride >= 0,
          name + ": outer_stride " + text(p.outer_stride) + " or inner_stride " +
              text(p.inner_stride) + " is negative");
  const std::int64_t last =
      std::int64_t{p.outer - 1} * p.outer_stride + std::int64_t{p.inner - 1} * p.inner_stride;
  require(last == p.block - 1, name + ": the nest ends with beat " + text(last) +
                                   ", which is not the last of block " + text(p.block));
  const auto block = static_cast<std::uint64_t>(p.block);
  require(p.beats % block == 0 || block % p.beats == 0,
          name + ": block " + text(p.block) + " neither divides beats " + std::to_string(p.beats) +
              " nor is a multiple of it");
  require(p.beats * std::uint64_t(p.results()) % block == 0,
          name + ": beats " + std::to_string(p.beats) + " of a frame give no whole number of " +
              "beats where " + text(p.block) + " give " + text(p.results()));
  return p;
}

std::unique_ptr<Kernel> create_block(AttributeReader& a) {
  const auto stride = [&](const char* key, int fallback) {
    return static_cast<int>(a.integer(key, fallback, 0, 1 << 24));
  };
  ReorderBufferParams p;
  p.lanes = a.count("lanes");
  p.type = a.type("type");
  p.block = a.count("block");
  p.beats = static_cast<std::uint64_t>(a.count("beats", p.block));
  p.outer = a.count("outer", 1);
  p.outer_stride = stride("outer_stride", 0);
  p.inner = a.count("inner");
  p.inner_stride = stride("inner_stride", 1);
  p.memory = a.choice("memory", {"auto", "lut", "bram", "uram"});
  return std::make_unique<ReorderBuffer>(p);
}

const BlockRegistration kBlock("reorder_buffer", create_block);

}  // namespace

ReorderBufferParams ReorderBufferParams::repetition(int block, int times) {
  ReorderBufferParams p;
  p.beats = static_cast<std::uint64_t>(block);
  p.block = p.inner = block;
  p.outer = times;
  return p;
}

ReorderBufferParams ReorderBufferParams::transposition(int rows, int columns) {
  ReorderBufferParams p;
  p.beats = std::uint64_t(rows) * columns;
  p.block = rows * columns;
  p.outer = columns;
  p.outer_stride = 1;
  p.inner = rows;
  p.inner_stride = columns;
  return p;
}

ReorderBuffer::ReorderBuffer(ReorderBufferParams params)
    : Kernel{{{checked(params).lanes, params.type, params.beats}},
             {{params.lanes, params.type, params.output_beats()}}},
      params_(params) {}

Step ReorderBuffer::tick(Cycle) {
  Fifo& input = in();
  Fifo& output = out();
  const std::int64_t beat = block_start_ + place();
  const bool available = received_ > beat;
  const bool accepts = input.can_pop() && received_ - block_start_ < capacity();
  const bool issues = available && pipeline_.has_room(output);
  const bool still = pipeline_.is_still(output);
  if (issues && pipeline_.carries_data()) {
    std::copy_n(slot(beat), params_.lanes, pipeline_.issue_slot());
  }
  pipeline_.advance(output, issues);
  if (issues) step_position();
  if (accepts) {
    if (pipeline_.carries_data()) std::copy_n(input.front(), params_.lanes, slot(received_));
    input.pop();
    ++received_;
  }
  if (accepts || issues) return Step::busy();
  return available ? Step::blocked(still) : Step::starved(still);
}

void ReorderBuffer::step_position() {
  if (++inner_ < params_.inner) return;
  inner_ = 0;
  if (++outer_ < params_.outer) return;
  outer_ = 0;
  block_start_ += params_.block;
}

std::uint64_t ReorderBuffer::frame_interval() const {
  return std::max(params_.beats, params_.output_beats());
}

std::optional<RtlModule> ReorderBuffer::rtl() const {
  return RtlModule("qnn_reorder_buffer")
      .set("Block", params_.block)
      .set("Outer", params_.outer)
      .set("OuterStride", params_.outer_stride)
      .set("Inner", params_.inner)
      .set("InnerStride", params_.inner_stride)
      .set("Lanes", params_.lanes)
      .set("LaneWidth", params_.type.bits())
      .set_text("Memory", params_.memory);
}

std::optional<Schedule> ReorderBuffer::schedule() const {
  Schedule schedule;
  schedule.latency = pipeline_.depth();
  schedule.beats = params_.block;
  schedule.capacity = capacity();
  schedule.busy = BusyRule::kIssueOrIntake;
  schedule.issues.reserve(params_.results());
  for (int outer = 0; outer < params_.outer; ++outer) {
    for (int inner = 0; inner < params_.inner; ++inner) {
      Issue issue;
      issue.newest = outer * params_.outer_stride + inner * params_.inner_stride;
      issue.emits = 1;
      schedule.issues.push_back(issue);
    }
  }
  return schedule;
}

void ReorderBuffer::carry_data() {
  slots_.resize(capacity() * params_.lanes);
  pipeline_.carry_data(params_.lanes);
}

Traits ReorderBuffer::traits() const {
  return {{"lanes", params_.lanes},
          {"block", params_.block},
          {"outer", params_.outer},
          {"inner", params_.inner},
          {"bits", params_.type.bits()}};
}

std::vector<KernelMemory> ReorderBuffer::memories() const {
  return {{static_cast<std::uint64_t>(capacity()), outputs().front().width_bits(), params_.memory}};
}

}  // namespace qnnsim
