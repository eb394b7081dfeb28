// SPDX-License-Identifier: Apache-2.0
#include "models/timed_kernel.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace qnnsim {
namespace {

/// Of a FIFO that is never full.
constexpr std::uint64_t kEndless = std::uint64_t{1} << 62;

Schedule schedule_of(const Kernel& kernel) {
  std::optional<Schedule> schedule = kernel.schedule();
  require(schedule.has_value(),
          "timing: the schedule of " + std::string(kernel.block()) + " is not known beforehand");
  return std::move(*schedule);
}

bool has_weights(const Kernel& kernel) {
  const Traits traits = kernel.traits();
  const auto stream = traits.find("weight_stream");
  return stream != traits.end() && stream->second != 0;
}

}  // namespace

/// The kernel aside, and what it is given.
class TimedKernel::Values {
 public:
  explicit Values(Kernel& kernel)
      : kernel_(kernel), commits_(kernel.inputs().size() + kernel.outputs().size()) {
    for (std::size_t i = 0; i < kernel.inputs().size(); ++i) {
      in_.push_back(add_fifo(kernel.inputs()[i].lanes));
      kernel.connect_input(i, *in_[i]);
    }
    for (std::size_t o = 0; o < kernel.outputs().size(); ++o) {
      out_.push_back(add_fifo(kernel.outputs()[o].lanes));
      kernel.connect_output(o, *out_[o]);
    }
    kernel.carry_data();
  }

  void take(std::size_t input, const Value* beat) {
    std::copy_n(beat, in_[input]->lanes(), in_[input]->push());
    commits_.commit(now_);
  }

  void give(std::size_t output, Value* beat) {
    Fifo& fifo = *out_[output];
    while (!fifo.can_pop()) {
      const bool still = kernel_.tick(now_).still && commits_.empty();
      commits_.commit(now_++);
      if (still) {
        throw std::logic_error("timing: the schedule of " + std::string(kernel_.block()) +
                               " gives a beat for which it has not taken what it needs");
      }
    }
    std::copy_n(fifo.front(), fifo.lanes(), beat);
    fifo.pop();
    commits_.commit(now_);
  }

 private:
  std::unique_ptr<Fifo> add_fifo(int lanes) {
    auto fifo = std::make_unique<Fifo>(kEndless, lanes, commits_);
    fifo->carry_data();
    return fifo;
  }

  Kernel& kernel_;
  CommitList commits_;
  std::vector<std::unique_ptr<Fifo>> in_;
  std::vector<std::unique_ptr<Fifo>> out_;
  Cycle now_ = 0;
};

TimedKernel::TimedKernel(std::unique_ptr<Kernel> kernel, const KernelTiming& timing)
    : Kernel(kernel->inputs(), kernel->outputs()),
      kernel_(std::move(kernel)),
      timing_(timing),
      has_weights_(has_weights(*kernel_)),
      schedule_(schedule_of(*kernel_), timing, inputs(), outputs()) {}

TimedKernel::~TimedKernel() = default;

Step TimedKernel::tick(Cycle) {
  struct World {
    TimedKernel& kernel;
    bool can_pop(std::size_t input) const { return kernel.in(input).can_pop(); }
    bool can_push(std::size_t output) const { return kernel.out(output).can_push(); }
    void pop(std::size_t input) {
      Fifo& fifo = kernel.in(input);
      if (kernel.values_) kernel.values_->take(input, fifo.front());
      fifo.pop();
    }
    void push(std::size_t output) {
      Value* slot = kernel.out(output).push();
      if (kernel.values_) kernel.values_->give(output, slot);
    }
  };
  World world{*this};
  Step step = schedule_.tick(world);
  step.for_memory = step.for_memory && has_weights_;
  return step;
}

std::uint64_t TimedKernel::frame_interval() const {
  if (frame_interval_ == 0) {
    TimedSchedule alone(schedule_of(*kernel_), timing_, inputs(), outputs());
    frame_interval_ = alone.measure_interval(outputs().front().beats);
  }
  return frame_interval_;
}

std::optional<Schedule> TimedKernel::schedule() const { return schedule_.as_schedule(); }

void TimedKernel::carry_data() { values_ = std::make_unique<Values>(*kernel_); }

}  // namespace qnnsim
