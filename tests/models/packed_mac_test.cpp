// SPDX-License-Identifier: Apache-2.0
#include "models/packed_mac.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/pipeline.h"
#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

constexpr DspSlice kSlices[] = {DspSlice::kDsp48e1, DspSlice::kDsp48e2, DspSlice::kDsp58};

DataType int_type(int bits) { return DataType::signed_integer(bits); }
DataType uint_type(int bits) { return DataType::unsigned_integer(bits); }

std::vector<int> offsets(const LanePlan& plan) {
  std::vector<int> result;
  for (int l = 0; l < plan.lanes; ++l) result.push_back(plan.offset(l));
  return result;
}

LanePlan plan(DspSlice slice, int weight_bits, int input_bits, bool narrow) {
  return lane_plan(slice, MacOperands(int_type(weight_bits), uint_type(input_bits), narrow));
}

// Xilinx/finn (dev), finn-rtllib/mvu/mvu.sv, NUM_LANES for weights of 2..8 bits (rows) and
// activations of 2..9 bits (columns): full and narrow weights where these differ.
struct Lanes {
  int full;
  int narrow;
};

void expect_table(DspSlice slice, const std::vector<std::vector<Lanes>>& table) {
  for (std::size_t w = 0; w < table.size(); ++w) {
    for (std::size_t a = 0; a < table[w].size(); ++a) {
      const int weight_bits = static_cast<int>(w) + 2;
      const int input_bits = static_cast<int>(a) + 2;
      SCOPED_TRACE("W " + std::to_string(weight_bits) + ", A " + std::to_string(input_bits));
      EXPECT_EQ(plan(slice, weight_bits, input_bits, false).lanes, table[w][a].full);
      EXPECT_EQ(plan(slice, weight_bits, input_bits, true).lanes, table[w][a].narrow);
    }
  }
}

TEST(LanePlan, Dsp48e1HasAsManyLanesAsFinn) {
  expect_table(DspSlice::kDsp48e1,
               {
                   {{8, 8}, {6, 6}, {5, 5}, {4, 4}, {4, 4}, {3, 3}, {3, 3}, {3, 3}},
                   {{6, 6}, {5, 5}, {4, 4}, {4, 4}, {3, 3}, {3, 3}, {3, 3}, {2, 3}},
                   {{5, 5}, {4, 4}, {3, 4}, {3, 3}, {3, 3}, {3, 3}, {2, 2}, {2, 2}},
                   {{4, 4}, {3, 3}, {3, 3}, {3, 3}, {2, 3}, {2, 2}, {2, 2}, {2, 2}},
                   {{3, 3}, {3, 3}, {3, 3}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}},
                   {{3, 3}, {2, 3}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}},
                   {{2, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}},
               });
}

TEST(LanePlan, Dsp48e2AndDsp58HaveAsManyLanesAsFinn) {
  for (const DspSlice slice : {DspSlice::kDsp48e2, DspSlice::kDsp58}) {
    expect_table(slice, {
                            {{9, 9}, {7, 7}, {5, 6}, {5, 5}, {4, 4}, {4, 4}, {3, 3}, {3, 3}},
                            {{6, 7}, {5, 5}, {4, 5}, {4, 4}, {3, 4}, {3, 3}, {3, 3}, {3, 3}},
                            {{5, 5}, {4, 4}, {4, 4}, {3, 3}, {3, 3}, {3, 3}, {3, 3}, {2, 2}},
                            {{4, 4}, {4, 4}, {3, 3}, {3, 3}, {3, 3}, {2, 3}, {2, 2}, {2, 2}},
                            {{3, 4}, {3, 3}, {3, 3}, {3, 3}, {2, 2}, {2, 2}, {2, 2}, {2, 2}},
                            {{3, 3}, {3, 3}, {2, 3}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}},
                            {{3, 3}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}},
                        });
  }
}

// Xilinx/finn, finn-rtllib/mvu/mvu_4sx4u.sv (sliceLanes) and, on dev, mvu.sv.
TEST(LanePlan, LanesBeginWhereThoseOfFinnDo) {
  using Offsets = std::vector<int>;
  EXPECT_EQ(offsets(plan(DspSlice::kDsp48e1, 4, 4, true)), (Offsets{0, 7, 14, 21}));
  EXPECT_EQ(offsets(plan(DspSlice::kDsp48e2, 4, 4, true)), (Offsets{0, 8, 16, 23}));
  EXPECT_EQ(offsets(plan(DspSlice::kDsp48e2, 4, 4, false)), (Offsets{0, 8, 15, 22}));
  EXPECT_EQ(offsets(plan(DspSlice::kDsp48e2, 8, 8, false)), (Offsets{0, 18}));
  EXPECT_EQ(offsets(plan(DspSlice::kDsp48e2, 3, 3, false)), (Offsets{0, 6, 12, 18, 23}));
  EXPECT_EQ(plan(DspSlice::kDsp48e2, 2, 2, false).lanes, 9);
}

TEST(LanePlan, AWeightAsWideAsThePreAdderHasASliceOfItsOwn) {
  EXPECT_EQ(offsets(plan(DspSlice::kDsp48e1, 25, 4, false)), std::vector<int>{0});
  EXPECT_EQ(offsets(plan(DspSlice::kDsp48e2, 27, 4, false)), std::vector<int>{0});
}

TEST(LanePlan, LanesLeaveRoomForEveryStep) {
  for (const DspSlice slice : kSlices) {
    for (int weight_bits = 2; weight_bits <= 16; ++weight_bits) {
      for (int input_bits = 1; input_bits <= 17; ++input_bits) {
        for (const bool narrow : {false, true}) {
          const LanePlan p = plan(slice, weight_bits, input_bits, narrow);
          for (int l = 1; l < p.lanes; ++l) {
            EXPECT_GE(p.offset(l) - p.offset(l - 1), weight_bits + input_bits - 1);
          }
          EXPECT_LE(p.offset(p.lanes - 1) + weight_bits + (narrow || p.lanes == 1 ? 0 : 1),
                    dsp_widths(slice).pre_adder);
        }
      }
    }
  }
}

TEST(MacOperands, AreTwosComplement) {
  const auto bits = [](DataType weight, DataType input) {
    const MacOperands o(weight, input, false);
    return std::vector<int>{o.weight_bits, o.weight_full, o.activation_bits,
                            o.activation_magnitude};
  };
  EXPECT_EQ(bits(int_type(4), uint_type(4)), (std::vector<int>{4, 1, 5, 4}));
  EXPECT_EQ(bits(uint_type(4), int_type(4)), (std::vector<int>{5, 0, 4, 4}));
  EXPECT_EQ(bits(DataType::bipolar(), DataType::bipolar()), (std::vector<int>{2, 0, 2, 2}));
  EXPECT_EQ(MacOperands(int_type(4), uint_type(4), true).weight_full, false);
}

/// A kind of operands on a kind of slice.
struct Packing {
  DspSlice slice;
  DataType weight;
  DataType input;
  bool narrow;

  std::string name() const {
    static const char* const names[] = {"", "DSP48E1", "DSP48E2", "DSP58"};
    return std::string(names[static_cast<int>(slice)]) + ' ' + weight.name() + " x " +
           input.name() + (narrow ? " narrow" : "");
  }
  MacOperands operands() const { return {weight, input, narrow}; }
  int lanes() const { return lane_plan(slice, operands()).lanes; }
};

std::vector<Value> all_values(DataType type, bool narrow) {
  if (type.is_bipolar()) return {-1, 1};
  std::vector<Value> values;
  for (std::int64_t v = type.min() + (narrow && type.is_signed() ? 1 : 0); v <= type.max(); ++v) {
    values.push_back(static_cast<Value>(v));
  }
  return values;
}

/// A packed slice beside exact sums.
class Checked {
 public:
  explicit Checked(const Packing& packing)
      : mac_(packing.slice, packing.operands()), sums_(packing.lanes()) {}

  /// Returns whether all lanes agree.
  bool step(const std::vector<Value>& weights, Value input, bool first) {
    mac_.step(weights.data(), input, first);
    bool equal = true;
    for (std::size_t l = 0; l < sums_.size(); ++l) {
      sums_[l] = (first ? 0 : sums_[l]) + std::int64_t{weights[l]} * input;
      const int lane = static_cast<int>(l);
      equal = equal && mac_.sum(lane) == sums_[l];
      most_carried_ = std::max(most_carried_, std::abs(mac_.carry(lane)));
    }
    return equal;
  }
  int most_carried() const { return most_carried_; }

 private:
  PackedMac mac_;
  std::vector<std::int64_t> sums_;
  int most_carried_ = 0;
};

/// Every combination of weights in all lanes with every activation: alone, and in sums.
void expect_exhaustive(const Packing& packing) {
  SCOPED_TRACE(packing.name());
  const std::vector<Value> weights = all_values(packing.weight, packing.narrow);
  const std::vector<Value> inputs = all_values(packing.input, false);
  const std::size_t lanes = static_cast<std::size_t>(packing.lanes());
  Checked alone(packing);
  Checked summed(packing);
  std::vector<std::size_t> digits(lanes, 0);
  std::vector<Value> word(lanes, weights[0]);
  std::uint64_t steps = 0;
  for (bool done = false; !done;) {
    for (const Value input : inputs) {
      ASSERT_TRUE(alone.step(word, input, true)) << "activation " << input;
      ASSERT_TRUE(summed.step(word, input, steps++ % 1000 == 0)) << "step " << steps;
    }
    std::size_t l = 0;
    while (l < lanes && ++digits[l] == weights.size()) {
      digits[l] = 0;
      word[l++] = weights[0];
    }
    done = l == lanes;
    if (!done) word[l] = weights[digits[l]];
  }
  EXPECT_EQ(alone.most_carried(), lanes > 1 ? 1 : 0);
  EXPECT_EQ(summed.most_carried(), lanes > 1 ? 1 : 0);
}

/// Random sums, half of the operands from the ends of their ranges.
void expect_random(const Packing& packing, std::uint64_t seed, int steps) {
  SCOPED_TRACE(packing.name());
  Draw draw(seed);
  const auto pick = [&draw](DataType type, bool narrow) {
    const std::int64_t low =
        type.min() + (narrow && type.is_signed() && !type.is_bipolar() ? 1 : 0);
    if (type.is_bipolar()) return draw.one_in(2) ? 1 : -1;
    if (draw.one_in(2)) return static_cast<Value>(draw.one_in(2) ? low : type.max());
    const auto range = static_cast<std::uint64_t>(type.max() - low) + 1;
    return static_cast<Value>(low + static_cast<std::int64_t>(draw.bits() % range));
  };
  Checked mac(packing);
  std::vector<Value> word(static_cast<std::size_t>(packing.lanes()));
  const std::int64_t most = most_steps(packing.slice, packing.operands());
  std::int64_t length = most;
  for (int step = 0; step < steps; ++step, ++length) {
    for (Value& weight : word) weight = pick(packing.weight, packing.narrow);
    if (length == most || draw.one_in(100)) length = 0;
    ASSERT_TRUE(mac.step(word, pick(packing.input, false), length == 0)) << "step " << step;
  }
  EXPECT_LE(mac.most_carried(), 1);
}

void expect_exhaustive_for_all(int bits) {
  for (const DspSlice slice : {DspSlice::kDsp48e1, DspSlice::kDsp48e2}) {
    for (const DataType input : {uint_type(bits), int_type(bits)}) {
      for (const bool narrow : {false, true}) {
        expect_exhaustive({slice, int_type(bits), input, narrow});
      }
    }
  }
}

TEST(PackedMac, EveryFourBitProductInEveryLaneIsExact) { expect_exhaustive_for_all(4); }

TEST(PackedMac, EveryThreeBitProductInEveryLaneIsExact) { expect_exhaustive_for_all(3); }

TEST(PackedMac, EveryTwoBitAndBipolarProductInEveryLaneIsExact) {
  expect_exhaustive_for_all(2);
  const DataType bipolar = DataType::bipolar();
  for (const DspSlice slice : kSlices) {
    for (const DataType input : {bipolar, uint_type(2), int_type(2)}) {
      expect_exhaustive({slice, bipolar, input, false});
    }
    expect_exhaustive({slice, uint_type(1), bipolar, false});
    expect_exhaustive({slice, int_type(2), bipolar, false});
  }
}

/// Every pair of operands in one lane, beside random ones in the others.
void expect_all_pairs(const Packing& packing) {
  SCOPED_TRACE(packing.name());
  const std::vector<Value> weights = all_values(packing.weight, packing.narrow);
  Draw draw(1);
  Checked mac(packing);
  std::vector<Value> word(static_cast<std::size_t>(packing.lanes()));
  for (std::size_t lane = 0; lane < word.size(); ++lane) {
    for (const Value weight : weights) {
      for (const Value input : all_values(packing.input, false)) {
        for (Value& other : word) other = weights[draw.bits() % weights.size()];
        word[lane] = weight;
        ASSERT_TRUE(mac.step(word, input, true)) << weight << " x " << input;
      }
    }
  }
}

TEST(PackedMac, EightByEightAndNineByEightBitsAreExact) {
  for (const DspSlice slice : kSlices) {
    for (const bool narrow : {false, true}) {
      for (const DataType input : {uint_type(8), int_type(8), int_type(9)}) {
        const Packing packing{slice, int_type(8), input, narrow};
        ASSERT_EQ(packing.lanes(), 2);
        expect_all_pairs(packing);
        expect_random(packing, 2, 200000);
      }
      expect_random({slice, int_type(9), uint_type(8), narrow}, 3, 200000);
    }
  }
}

TEST(PackedMac, AnyWidthsAreExact) {
  for (std::uint64_t seed = 1; seed <= 1500 && !testing::Test::HasFailure(); ++seed) {
    Draw draw(seed);
    const DspSlice slice = kSlices[draw.between(0, 2)];
    const int most = dsp_widths(slice).multiplier;
    const int weight_bits = draw.between(2, 16);
    const int input_bits = draw.between(2, most - 1);
    const DataType weight =
        draw.pick({int_type(weight_bits), uint_type(weight_bits - 1), DataType::bipolar()});
    const DataType input =
        draw.pick({int_type(input_bits), uint_type(input_bits), DataType::bipolar()});
    expect_random({slice, weight, input, draw.one_in(2)}, seed, 1000);
  }
}

TEST(PackedMac, TheTopLaneHoldsTheSumOfTheMostSteps) {
  for (const DspSlice slice : kSlices) {
    for (const DataType input : {uint_type(17), int_type(18)}) {
      const Packing packing{slice, int_type(16), input, false};
      const std::int64_t most = most_steps(slice, packing.operands());
      ASSERT_LT(most, 1 << 26);
      Checked mac(packing);
      const std::vector<Value> word(static_cast<std::size_t>(packing.lanes()), -(1 << 15));
      const auto largest = static_cast<Value>(input.is_signed() ? input.min() : input.max());
      for (std::int64_t step = 0; step < most; ++step) {
        ASSERT_TRUE(mac.step(word, largest, step == 0)) << step;
      }
    }
  }
}

// Lower lanes overflow any number of times: only the top one must hold its sum.
TEST(PackedMac, LongSumsOverflowTheLowerLanesWithoutHarm) {
  for (const DspSlice slice : kSlices) {
    const Packing packing{slice, int_type(4), uint_type(4), false};
    Checked mac(packing);
    const std::vector<Value> lowest(static_cast<std::size_t>(packing.lanes()), -8);
    const std::vector<Value> highest(static_cast<std::size_t>(packing.lanes()), 7);
    for (const auto& word : {lowest, highest}) {
      for (int step = 0; step < 100000; ++step) ASSERT_TRUE(mac.step(word, 15, step == 0));
    }
  }
}

TEST(DotChain, HasNoMoreSegmentsThanTheLatencyAllows) {
  for (int simd = 1; simd <= 4096; ++simd) {
    const DotChain chain = dot_chain(simd);
    EXPECT_EQ(chain.slices, (simd + 2) / 3);
    EXPECT_LE(chain.segments, clog2(simd) + 1);
    EXPECT_GE(chain.segments * chain.segment_length, chain.slices);
    EXPECT_LT((chain.segments - 1) * chain.segment_length, chain.slices);
  }
  EXPECT_EQ(dot_chain(9).segments, 1);
  EXPECT_EQ(dot_chain(36).segments, 4);
  EXPECT_EQ(dot_chain(36).segment_length, 3);
  EXPECT_EQ(dot_chain(256).segment_length, 10);
}

}  // namespace
}  // namespace qnnsim::test
