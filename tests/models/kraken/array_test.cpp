// SPDX-License-Identifier: Apache-2.0
#include "models/kraken/kraken_array.h"

#include <numeric>

#include "tests/models/kraken/engine_model.h"
#include "tests/models/kraken/kraken_cases.h"

namespace qnnsim::test {
namespace {

constexpr int kCases = 60;

int shifts_of(const KrakenPacket& packet) { return packet.kernel_w > 1 ? 1 : 0; }

/// The program as often as it runs.
std::vector<KrakenPacket> packets_of(const KrakenRun& run) {
  std::vector<KrakenPacket> packets;
  for (int frame = 0; frame < KrakenRun::kFrames; ++frame) append(packets, *run.program);
  return packets;
}

std::uint64_t sum_of(const KrakenArrayCounts& counts) {
  return counts.beats + counts.shifts + counts.no_pixels + counts.no_weights + counts.output_taken;
}

std::uint64_t sum_of(const std::vector<KrakenArrayCounts>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& each) { return sum + sum_of(each); });
}

/// The array, which must have accounted for every cycle wherever it takes a beat.
class CountedArray final : public Kernel {
 public:
  explicit CountedArray(std::unique_ptr<KrakenArray> array)
      : Kernel(array->inputs(), array->outputs()), array_(std::move(array)) {}

  Step tick(Cycle now) override {
    const Step step = array_->tick(now);
    if (in().popping()) {
      EXPECT_EQ(sum_of(array_->counts()), now + 1);
    }
    return step;
  }
  std::uint64_t frame_interval() const override { return array_->frame_interval(); }
  void carry_data() override { array_->carry_data(); }
  void connect_input(std::size_t index, Fifo& fifo) override {
    Kernel::connect_input(index, fifo);
    array_->connect_input(index, fifo);
  }
  void connect_output(std::size_t index, Fifo& fifo) override {
    Kernel::connect_output(index, fifo);
    array_->connect_output(index, fifo);
  }
  const KrakenArray& array() const { return *array_; }

 private:
  const std::unique_ptr<KrakenArray> array_;
};

template <typename Check>
void for_every_run(const KrakenWish& wish, Check check) {
  for (int seed = 1; seed <= kCases && !testing::Test::HasFailure(); ++seed) {
    Draw draw(static_cast<std::uint64_t>(seed));
    const KrakenRun run = draw_kraken(draw, wish);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + run.text);
    check(run, draw);
  }
}

KrakenWish unbound() {
  KrakenWish wish;
  wish.most_beats = 600;
  wish.unbound = true;
  return wish;
}

TEST(KrakenArray, AccountsForEveryCycleUnderAnyStalls) {
  for_every_run({}, [](const KrakenRun& run, Draw& draw) {
    KernelCase c = array_case(run);
    const CountedArray* counted = nullptr;
    c.make = [&] {
      auto array =
          std::make_unique<CountedArray>(std::make_unique<KrakenArray>(run.params, run.program));
      counted = array.get();
      return array;
    };
    Conditions conditions = draw_stalls(c, draw);
    conditions.at_end = [&] {
      const std::vector<KrakenPacket>& program = *run.program;
      for (std::size_t i = 0; i < program.size(); ++i) {
        const KrakenArrayCounts& counts = counted->array().counts()[i];
        const std::uint64_t columns = KrakenRun::kFrames * program[i].columns();
        EXPECT_EQ(counts.beats, columns * program[i].words()) << "packet " << i;
        EXPECT_EQ(counts.shifts, columns * shifts_of(program[i])) << "packet " << i;
      }
      EXPECT_EQ(counted->array().waits().size(), KrakenRun::kFrames * program.size());
    };
    drive(c, conditions);
    conditions.sleeps = true;
    drive(c, conditions);
  });
}

// Every column of pixels takes its words and, where a kernel is wider than 1, a shift; the last one
// comes when everything has been taken.
TEST(KrakenArray, TakesItsBeatsInTheCyclesOfTheClosedForm) {
  for_every_run(unbound(), [](const KrakenRun& run, Draw&) {
    const KernelCase c = array_case(run);
    const std::vector<Cycle> taken = drive(c, {}).taken.front();
    std::uint64_t cycles = 0;
    for (const KrakenPacket& packet : packets_of(run)) {
      cycles += packet.columns() * (packet.words() + shifts_of(packet));
    }
    EXPECT_EQ(c.make()->frame_interval() * KrakenRun::kFrames, cycles);
    EXPECT_EQ(taken.back() - taken.front() + 1, cycles - shifts_of(run.program->back()));
  });
}

// Between packets the pixels are what is waited for. The last beat of one is taken a cycle after it
// has left the shifter; then come the header, the reconfiguration, in an adapter that collects the
// first group and its hand-over, the loading of the first vector, its first beat and the FIFO. The
// last shift of a packet falls into that time.
TEST(KrakenEngine, TakesItsBeatsInTheCyclesOfTheClosedForm) {
  for_every_run(unbound(), [](const KrakenRun& run, Draw&) {
    KernelCase c = engine_case(run);
    const EngineModel* engine = nullptr;
    c.make = [&] {
      auto model = std::make_unique<EngineModel>(run.params, run.program);
      engine = model.get();
      return model;
    };
    std::uint64_t cycles = 0;
    std::vector<Cycle> waits;
    for (const KrakenPacket& packet : packets_of(run)) {
      cycles += packet.columns() * (packet.words() + shifts_of(packet)) - shifts_of(packet);
      const int lanes = run.params.axi_width / run.params.bits_input;
      const int rows = run.params.vector_rows(packet.kernel_h);
      const std::uint64_t beats = (packet.vectors() * rows + lanes - 1) / lanes;
      const std::uint64_t group = std::min<std::uint64_t>(rows / std::gcd(rows, lanes), beats);
      const bool keeps = lanes % rows != 0;
      waits.push_back(kraken_header_beats(run.params) + KrakenPixels::kReconfigure + 1 +
                      (keeps ? group + 1 : 0));
    }
    cycles += std::accumulate(waits.begin() + 1, waits.end(), Cycle{0});
    Conditions conditions;
    conditions.at_end = [&] {
      const std::vector<KrakenWait>& actual = engine->array().waits();
      ASSERT_EQ(actual.size(), waits.size());
      for (std::size_t i = 1; i < waits.size(); ++i) {
        EXPECT_EQ(actual[i].to - actual[i].from, waits[i]) << "before packet " << i;
      }
      const std::uint64_t before = actual.front().to;
      EXPECT_EQ(sum_of(engine->array().counts()), before + cycles + shifts_of(run.program->back()));
    };
    drive(c, conditions);
  });
}

}  // namespace
}  // namespace qnnsim::test
