// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/lockstep_kernel.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace qnnsim {
namespace {

std::string beat_text(const std::vector<Value>& values) {
  constexpr std::size_t kShown = 16;
  const auto end = values.begin() + static_cast<std::ptrdiff_t>(std::min(values.size(), kShown));
  return fmt::format("{}{}", fmt::join(values.begin(), end, " "),
                     values.size() > kShown ? " ..." : "");
}

}  // namespace

LockstepKernel::LockstepKernel(const std::string& name, std::unique_ptr<Kernel> model,
                               std::unique_ptr<RtlInstance> instance, std::shared_ptr<bool> ended)
    : StandIn(std::move(model)),
      name_(name),
      instance_(std::move(instance)),
      ended_(std::move(ended)) {
  const auto add = [](std::vector<Stream>& streams, const RtlStream& names, const Port& port,
                      bool is_input) {
    Stream stream;
    stream.name = names.name;
    stream.is_input = is_input;
    stream.lanes = port.lanes;
    stream.values.resize(static_cast<std::size_t>(port.lanes));
    stream.model_history.resize(port.lanes);
    stream.rtl_history.resize(port.lanes);
    streams.push_back(std::move(stream));
  };
  const RtlPorts& ports = instance_->ports();
  for (std::size_t i = 0; i < inputs().size(); ++i) add(in_, ports.inputs[i], inputs()[i], true);
  for (std::size_t j = 0; j < outputs().size(); ++j) {
    add(out_, ports.outputs[j], outputs()[j], false);
  }
}

void LockstepKernel::connect_input(std::size_t index, Fifo& fifo) {
  Kernel::connect_input(index, fifo);
  model().connect_input(index, fifo);
  in_[index].fifo = &fifo;
}

void LockstepKernel::connect_output(std::size_t index, Fifo& fifo) {
  Kernel::connect_output(index, fifo);
  model().connect_output(index, fifo);
  out_[index].fifo = &fifo;
}

void LockstepKernel::drive_rtl() {
  for (std::size_t i = 0; i < in_.size(); ++i) {
    Stream& stream = in_[i];
    if (stream.packed) continue;
    const Fifo& fifo = *stream.fifo;
    if (stream.rtl_beats >= fifo.beats_in()) {
      instance_->withdraw(i);
      continue;
    }
    // A beat that the model has taken before stands first among its moves.
    instance_->offer(i, stream.rtl_beats < fifo.beats_out()
                            ? stream.model_ahead.front().values.data()
                            : fifo.inside(stream.rtl_beats));
    stream.packed = true;
  }
  for (std::size_t j = 0; j < out_.size(); ++j) {
    const Fifo& fifo = *out_[j].fifo;
    instance_->accept(j, out_[j].rtl_beats < fifo.beats_out() + fifo.depth());
  }
  instance_->settle();
}

Step LockstepKernel::tick(Cycle now) {
  drive_rtl();
  const Step step = model().tick(now);
  bool moves = false;
  for (std::size_t i = 0; i < in_.size(); ++i) {
    const bool takes = instance_->takes(i);
    compare(in_[i], now, in_[i].fifo->popping(), takes);
    moves = moves || takes;
  }
  for (std::size_t j = 0; j < out_.size(); ++j) {
    const bool gives = instance_->gives(j);
    if (gives) instance_->read(j, out_[j].values.data());
    compare(out_[j], now, out_[j].fifo->pushing(), gives);
    moves = moves || gives;
  }
  instance_->clock_edge();
  if (differs_since_ && now - *differs_since_ >= kAftermath) *ended_ = true;
  if (instance_->stopped() && !*ended_) {
    *ended_ = true;
    differs_since_ = now;
    report_.first_difference += fmt::format("{}: the RTL ended itself in cycle {}:\n{}{}", name_,
                                            now, instance_->said(), last_cycles(now));
  }
  if (moves || !step.still) moved_ = now;
  return {step.activity, step.still && now - moved_ > kPatience};
}

void LockstepKernel::compare(Stream& stream, Cycle now, bool model_moves, bool rtl_moves) {
  if (!model_moves && !rtl_moves) return;
  const Fifo& fifo = *stream.fifo;
  const Value* model_values = fifo.inside(stream.is_input ? fifo.beats_out() : fifo.beats_in());
  const Value* rtl_values = stream.values.data();
  if (stream.is_input) {
    rtl_values = stream.rtl_beats < fifo.beats_out() ? stream.model_ahead.front().values.data()
                                                     : fifo.inside(stream.rtl_beats);
  }
  if (model_moves) stream.model_history.add(stream.model_beats, now, model_values);
  if (rtl_moves) stream.rtl_history.add(stream.rtl_beats, now, rtl_values);
  const bool level = stream.model_ahead.empty() && stream.rtl_ahead.empty();
  const bool agree = level && model_moves && rtl_moves &&
                     std::equal(model_values, model_values + stream.lanes, rtl_values);
  if (agree) {
    ++report_.beats;
  } else {
    const Move model{stream.model_beats, now, {model_values, model_values + stream.lanes}};
    const Move rtl{stream.rtl_beats, now, {rtl_values, rtl_values + stream.lanes}};
    compare_late(stream, now, model_moves ? &model : nullptr, rtl_moves ? &rtl : nullptr);
  }
  stream.model_beats += model_moves ? 1 : 0;
  if (!rtl_moves) return;
  ++stream.rtl_beats;
  stream.packed = false;
}

void LockstepKernel::compare_late(Stream& stream, Cycle now, const Move* model, const Move* rtl) {
  if (model != nullptr) stream.model_ahead.push_back(*model);
  if (rtl != nullptr) stream.rtl_ahead.push_back(*rtl);
  const char* moves = stream.is_input ? "takes" : "gives";
  if (rtl == nullptr) {
    differ(now, stream, fmt::format("the model {} beat {}, the RTL does not", moves, model->beat));
  } else if (model == nullptr) {
    differ(now, stream, fmt::format("the RTL {} beat {}, the model does not", moves, rtl->beat));
  }
  while (!stream.model_ahead.empty() && !stream.rtl_ahead.empty()) {
    compare_moves(stream, stream.model_ahead.front(), stream.rtl_ahead.front());
    stream.model_ahead.pop_front();
    stream.rtl_ahead.pop_front();
  }
}

void LockstepKernel::compare_moves(Stream& stream, const Move& model, const Move& rtl) {
  ++report_.beats;
  const Cycle error = model.cycle > rtl.cycle ? model.cycle - rtl.cycle : rtl.cycle - model.cycle;
  report_.cycle_mismatches += error > 0 ? 1 : 0;
  report_.worst_cycle_error = std::max(report_.worst_cycle_error, error);
  if (model.values == rtl.values) return;
  ++report_.data_mismatches;
  const auto lane = std::mismatch(model.values.begin(), model.values.end(), rtl.values.begin());
  differ(std::max(model.cycle, rtl.cycle), stream,
         fmt::format("beat {}, lane {}: model {}, RTL {}", model.beat,
                     lane.first - model.values.begin(), *lane.first, *lane.second));
}

void LockstepKernel::History::resize(int lanes) {
  lanes_ = lanes;
  entries_.resize(kShownCycles);
  values_.resize(kShownCycles * static_cast<std::size_t>(lanes));
}

void LockstepKernel::History::add(std::uint64_t beat, Cycle cycle, const Value* values) {
  entries_[next_] = {beat, cycle};
  std::copy_n(values, lanes_, &values_[next_ * static_cast<std::size_t>(lanes_)]);
  if (++next_ == entries_.size()) next_ = 0;
}

std::string LockstepKernel::History::text(Cycle cycle) const {
  const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& one) { return one.cycle == cycle; });
  if (entry == entries_.end()) return "-";
  const auto values = values_.begin() + (entry - entries_.begin()) * lanes_;
  return fmt::format("{}: {}", entry->beat, beat_text({values, values + lanes_}));
}

void LockstepKernel::differ(Cycle now, const Stream& stream, const std::string& what) {
  if (differs_since_) return;
  differs_since_ = now;
  report_.first_difference =
      fmt::format("{}, {}, cycle {}: {}\n{}", name_, stream.name, now, what, last_cycles(now));
}

std::string LockstepKernel::last_cycles(Cycle now) const {
  std::string text =
      fmt::format("the last {} cycles: beat taken or given, and its elements\n", kShownCycles);
  for (const auto* streams : {&in_, &out_}) {
    for (const Stream& stream : *streams) {
      text += fmt::format("  {}\n  {:>10}  {:<40}  {}\n", stream.name, "cycle", "model", "RTL");
      for (Cycle cycle = now < kShownCycles ? 0 : now - kShownCycles + 1; cycle <= now; ++cycle) {
        text += fmt::format("  {:>10}  {:<40}  {}\n", cycle, stream.model_history.text(cycle),
                            stream.rtl_history.text(cycle));
      }
    }
  }
  return text;
}

LockstepReport LockstepKernel::report() const {
  LockstepReport result = report_;
  for (const auto* streams : {&in_, &out_}) {
    for (const Stream& stream : *streams) {
      result.cycle_mismatches += stream.model_ahead.size() + stream.rtl_ahead.size();
    }
  }
  return result;
}

}  // namespace qnnsim
