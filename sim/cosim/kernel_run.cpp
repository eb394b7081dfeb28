// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/kernel_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "sim/cosim/beat_data.h"
#include "sim/cosim/cosim.h"
#include "sim/cosim/rtl_instance.h"
#include "sim/cosim/wire_bits.h"
#include "sim/installation.h"

namespace qnnsim {
namespace {

/// TDATA of `width_bits` as a beat of elements: the widest ones that leave no bit over.
Port whole_word(int width_bits) {
  int bits = std::min(width_bits, DataType::kMaxBits);
  while (width_bits % bits != 0) --bits;
  return {width_bits / bits, DataType::unsigned_integer(bits), 0};
}

std::vector<Port> whole_words(const std::vector<RtlStream>& streams) {
  std::vector<Port> ports;
  ports.reserve(streams.size());
  for (const RtlStream& stream : streams) ports.push_back(whole_word(stream.width_bits));
  return ports;
}

/// The stimulus of each of `streams`: by name, or in order. Without one, an output is always ready,
/// but an input is a finding.
std::vector<StreamStimulus> assign(const std::vector<StreamStimulus>& given,
                                   const std::vector<RtlStream>& streams, bool inputs,
                                   const Place& place, Findings& findings) {
  std::vector<std::string> names;
  names.reserve(streams.size());
  for (const RtlStream& stream : streams) names.push_back(stream.name);
  const char* kind = inputs ? "input" : "output";
  std::vector<std::optional<StreamStimulus>> found(streams.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto named = std::find(names.begin(), names.end(), given[i].name);
    const std::size_t index =
        given[i].name.empty() ? i : static_cast<std::size_t>(named - names.begin());
    if (index < streams.size()) {
      found[index] = given[i];
    } else if (given[i].name.empty()) {
      findings.add(given[i].place, fmt::format("the module has no {} number {}", kind, i + 1),
                   fmt::format("its {}s: {}", kind, names.empty() ? "none" : join(names)));
    } else {
      findings.add(
          given[i].place, fmt::format("the module has no {} '{}'", kind, given[i].name),
          names.empty() ? fmt::format("it has no {}", kind) : suggest(given[i].name, names));
    }
  }
  std::vector<StreamStimulus> result;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (inputs && !found[i]) {
      findings.add(place, fmt::format("nothing is said of the input '{}'", names[i]),
                   "give its beats under 'inputs'");
    }
    result.push_back(found[i].value_or(StreamStimulus{}));
  }
  return result;
}

/// Offers beats on one input as its pressure allows; a beat once offered stays.
class InputDriver {
 public:
  InputDriver(const StreamStimulus& stimulus, BeatData data, const Port& port)
      : pressure_(stimulus.pressure), data_(std::move(data)), port_(port) {}

  std::optional<std::uint64_t> beats() const { return data_.beats(); }

  void drive(RtlInstance& rtl, std::size_t input, StreamRecord& record, Cycle now) {
    if (record.standing) return;
    const bool is_over = data_.beats() && record.beats.size() == *data_.beats();
    if (is_over || now < next_offer_ || pressure_.stalls(now)) {
      rtl.withdraw(input);
      return;
    }
    next_offer_ = std::max(next_offer_, now) + pressure_.interval();
    const std::size_t first = record.words.size();
    record.words.resize(first + words_for(record.width_bits));
    data_.write(record.beats.size(), &record.words[first]);
    values_.resize(static_cast<std::size_t>(port_.lanes));
    unpack_lanes(&record.words[first], port_.lanes, port_.type, values_.data());
    rtl.offer(input, values_.data());
    record.standing = now;
  }

 private:
  const Pressure pressure_;
  const BeatData data_;
  const Port port_;
  Cycle next_offer_ = 0;
  std::vector<Value> values_;
};

/// Takes the beats of one output, and watches that the kernel keeps to the rules of AXI-Stream.
class OutputDriver {
 public:
  OutputDriver(const StreamStimulus& stimulus, const Port& port)
      : pressure_(stimulus.pressure), port_(port) {}

  bool is_ready(Cycle now) const { return now >= next_ready_ && !pressure_.stalls(now); }

  /// What the kernel offers in cycle `now`, before its edge.
  void sample(RtlInstance& rtl, std::size_t output, StreamRecord& record, Cycle now) {
    if (!rtl.is_valid(output)) {
      if (record.standing) break_rule(record, "valid fell", now);
      record.standing.reset();
      return;
    }
    values_.resize(static_cast<std::size_t>(port_.lanes));
    rtl.read(output, values_.data());
    words_.assign(words_for(record.width_bits), 0);
    pack_lanes(values_.data(), port_.lanes, port_.type, words_.data());
    if (record.standing && words_ != standing_words_) break_rule(record, "data changed", now);
    standing_words_ = words_;
    if (!record.standing) record.standing = now;
    if (!rtl.gives(output)) return;
    record.words.insert(record.words.end(), words_.begin(), words_.end());
    next_ready_ = now + pressure_.interval();
  }

 private:
  static void break_rule(StreamRecord& record, const char* what, Cycle now) {
    if (!record.broken_rule.empty()) return;
    record.broken_rule =
        fmt::format("{} in cycle {} although the beat offered since cycle {} had not been taken",
                    what, now, *record.standing);
  }

  const Pressure pressure_;
  const Port port_;
  Cycle next_ready_ = 0;
  std::vector<Value> values_;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> standing_words_;
};

/// The kernel with its drivers.
class Bench {
 public:
  Bench(const KernelFile& file, const CompiledRtl& compiled)
      : file_(file),
        inputs_(compiled.ports.inputs.size()),
        rtl_(file.name, compiled, whole_words(compiled.ports.inputs),
             whole_words(compiled.ports.outputs), file.rtl.ports, file.rtl.directory) {
    run_.kernel = file.name;
    run_.top = compiled.top;
    run_.ports = compiled.ports;
    run_.constants = file.rtl.ports.constants;
    run_.clock_mhz = file.clock_mhz;
    run_.seed = file.seed;
    run_.timeout_cycles = file.timeout_cycles;
    Findings findings;
    add_inputs(findings);
    add_outputs(findings);
    if (!findings.empty()) throw InputError(findings);
    await(false);
    if (awaited_.empty() && !file.cycles) await(true);
  }

  const KernelRun& present() const { return run_; }

  KernelRun run(const std::atomic<bool>* stop,
                const std::function<void(const KernelRun&)>& progress) {
    constexpr Cycle kProgressCycles = 1 << 12;
    while (run_.status == RunStatus::kRunning) {
      step();
      if (run_.status != RunStatus::kRunning || run_.cycles % kProgressCycles != 0) continue;
      if (progress) progress(run_);
      if (stop != nullptr && stop->load()) run_.status = RunStatus::kInterrupted;
    }
    run_.said = rtl_.said();
    drop_standing_words();
    return std::move(run_);
  }

 private:
  void add_inputs(Findings& findings) {
    const std::vector<RtlStream>& streams = run_.ports.inputs;
    const auto stimuli = assign(file_.inputs, streams, true, file_.stimulus_place, findings);
    for (std::size_t i = 0; i < streams.size(); ++i) {
      const std::string seed_name = "data." + streams[i].name;
      const std::uint64_t seed = derive_seed(file_.seed, seed_name.c_str());
      in_.emplace_back(stimuli[i], BeatData(stimuli[i], streams[i].width_bits, seed, findings),
                       whole_word(streams[i].width_bits));
      add_record(streams[i], true, in_[i].beats());
    }
  }

  void add_outputs(Findings& findings) {
    const std::vector<RtlStream>& streams = run_.ports.outputs;
    const auto stimuli = assign(file_.outputs, streams, false, file_.stimulus_place, findings);
    for (std::size_t i = 0; i < streams.size(); ++i) {
      out_.emplace_back(stimuli[i], whole_word(streams[i].width_bits));
      add_record(streams[i], false, stimuli[i].beats);
    }
  }

  void add_record(const RtlStream& stream, bool is_input, std::optional<std::uint64_t> wanted) {
    StreamRecord record;
    record.name = stream.name;
    record.is_input = is_input;
    record.width_bits = stream.width_bits;
    record.wanted = wanted;
    run_.streams.push_back(std::move(record));
  }

  /// The end is when the counted inputs, or outputs, have their beats.
  void await(bool inputs) {
    for (std::size_t i = 0; i < run_.streams.size(); ++i) {
      if (run_.streams[i].is_input == inputs && run_.streams[i].wanted) awaited_.push_back(i);
    }
  }

  /// One clock cycle.
  void step() {
    const Cycle now = run_.cycles;
    for (std::size_t i = 0; i < in_.size(); ++i) in_[i].drive(rtl_, i, run_.streams[i], now);
    for (std::size_t i = 0; i < out_.size(); ++i) {
      run_.streams[inputs_ + i].ready = out_[i].is_ready(now);
      rtl_.accept(i, run_.streams[inputs_ + i].ready);
    }
    rtl_.settle();
    for (std::size_t i = 0; i < in_.size(); ++i) {
      run_.streams[i].ready = rtl_.takes(i);
      if (rtl_.takes(i)) move(run_.streams[i], now);
    }
    for (std::size_t i = 0; i < out_.size(); ++i) {
      out_[i].sample(rtl_, i, run_.streams[inputs_ + i], now);
      if (rtl_.gives(i)) move(run_.streams[inputs_ + i], now);
    }
    rtl_.clock_edge();
    ++run_.cycles;
    run_.status = status();
  }

  void move(StreamRecord& record, Cycle now) {
    // What has its beats, or is not counted, may go on for ever.
    if (record.wanted && !record.is_complete()) last_move_ = now;
    record.beats.push_back({*record.standing, now});
    record.standing.reset();
  }

  RunStatus status() const {
    if (rtl_.stopped()) return RunStatus::kDisagreement;
    if (file_.cycles && run_.cycles >= *file_.cycles) return RunStatus::kDone;
    if (awaited_.empty()) return RunStatus::kRunning;
    const auto is_complete = [this](std::size_t i) { return run_.streams[i].is_complete(); };
    if (std::all_of(awaited_.begin(), awaited_.end(), is_complete)) return RunStatus::kDone;
    const bool is_stuck = run_.cycles - last_move_ > file_.timeout_cycles;
    return is_stuck ? RunStatus::kDeadlock : RunStatus::kRunning;
  }
  /// A beat that stands on an input has not moved.
  void drop_standing_words() {
    for (StreamRecord& record : run_.streams) {
      record.words.resize(record.beats.size() * words_for(record.width_bits));
    }
  }

  const KernelFile& file_;
  const std::size_t inputs_;
  RtlInstance rtl_;
  std::vector<InputDriver> in_;
  std::vector<OutputDriver> out_;
  KernelRun run_;
  std::vector<std::size_t> awaited_;  ///< streams that make the end
  Cycle last_move_ = 0;               ///< of a stream that has not all its beats
};

CompiledRtl compile(const KernelFile& file) {
  return RtlCache(cache_directory()).get(foreign_source(file.name, file.rtl));
}

}  // namespace

std::string StreamRecord::data(std::size_t index) const {
  return hex_text(&words[index * words_for(width_bits)], width_bits);
}

KernelRun run_kernel(const KernelFile& file, const std::atomic<bool>* stop,
                     const std::function<void(const KernelRun&)>& progress) {
  return run_kernel(file, compile(file), stop, progress);
}

KernelRun run_kernel(const KernelFile& file, const CompiledRtl& compiled,
                     const std::atomic<bool>* stop,
                     const std::function<void(const KernelRun&)>& progress) {
  return Bench(file, compiled).run(stop, progress);
}

KernelRun check_kernel(const KernelFile& file) { return Bench(file, compile(file)).present(); }

}  // namespace qnnsim
