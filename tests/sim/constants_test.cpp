// SPDX-License-Identifier: Apache-2.0
//
// Files that do not fit: tests/bad/npy_*.yaml and frames_*.yaml.
#include "sim/constants.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/temporary_file.h"

namespace qnnsim {
namespace {

/// An operator that is nothing but its constants.
class Stub final : public Operator {
 public:
  explicit Stub(std::vector<ConstantSpec> specs) : specs_(std::move(specs)) {}
  TensorShape output() const override { return {}; }
  std::vector<ConstantSpec> constants() const override { return specs_; }
  Stream lower(DataflowBuilder&) const override { return {}; }
  Tensor reference(const std::vector<const Tensor*>&, const Constants&) const override {
    return {};
  }

 private:
  std::vector<ConstantSpec> specs_;
};

Layer layer(const std::string& name) {
  Layer result;
  result.name = name;
  return result;
}

Constant draw_one(const ConstantSpec& spec, const std::string& name = "conv0",
                  std::uint64_t seed = 1) {
  Findings findings;
  Constants constants = load_constants(layer(name), Stub({spec}), seed, findings);
  EXPECT_TRUE(findings.empty());
  return constants.at(spec.key);
}

ConstantSpec weights(DataType type, std::vector<int> shape = {64, 64}) {
  const auto low = static_cast<Value>(type.min()), high = static_cast<Value>(type.max());
  return {"weights", std::move(shape), type, low, high, false};
}

TEST(Constants, DrawnValuesFillTheirRangeEvenly) {
  const Constant drawn = draw_one(weights(DataType::signed_integer(3)));
  ASSERT_EQ(drawn.data.size(), 64u * 64u);
  for (Value value = -4; value <= 3; ++value) {
    const auto count = std::count(drawn.data.begin(), drawn.data.end(), value);
    EXPECT_NEAR(count, 512, 100) << value;  // 4.7 standard deviations
  }
}

TEST(Constants, TheWidestRangeDoesNotOverflow) {
  const Constant drawn = draw_one(weights(DataType::signed_integer(32)));
  EXPECT_LT(*std::min_element(drawn.data.begin(), drawn.data.end()), -2'000'000'000);
  EXPECT_GT(*std::max_element(drawn.data.begin(), drawn.data.end()), 2'000'000'000);
}

TEST(Constants, BipolarIsNeverZero) {
  const Constant drawn = draw_one(weights(DataType::bipolar()));
  const auto plus = std::count(drawn.data.begin(), drawn.data.end(), 1);
  const auto minus = std::count(drawn.data.begin(), drawn.data.end(), -1);
  EXPECT_EQ(plus + minus, 64 * 64);
  EXPECT_NEAR(plus, minus, 300);
}

TEST(Constants, AscendingValuesAscendAlongTheLastDimensionOnly) {
  ConstantSpec spec = weights(DataType::signed_integer(8), {16, 7});
  spec.ascending = true;
  const Constant drawn = draw_one(spec);
  for (auto row = drawn.data.begin(); row != drawn.data.end(); row += 7) {
    EXPECT_TRUE(std::is_sorted(row, row + 7));
  }
  EXPECT_FALSE(std::is_sorted(drawn.data.begin(), drawn.data.end()));
}

TEST(Constants, OnlySeedAndNameDecideWhatIsDrawn) {
  const ConstantSpec spec = weights(DataType::signed_integer(8));
  EXPECT_EQ(draw_one(spec).data, draw_one(spec).data);
  EXPECT_NE(draw_one(spec).data, draw_one(spec, "conv1").data);
  EXPECT_NE(draw_one(spec).data, draw_one(spec, "conv0", 2).data);
  ConstantSpec other = spec;
  other.key = "scale";
  EXPECT_NE(draw_one(spec).data, draw_one(other).data);
}

/// The constant "weights" with `spec` as it is read from `header` and `data`.
Constants read_one(const ConstantSpec& spec, const std::string& shape, const std::string& data,
                   Findings& findings) {
  const std::string text = "{'descr': '|i1', 'fortran_order': False, 'shape': " + shape + "}\n";
  const std::string head =
      std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(text.size()) + '\0';
  Layer reader = layer("conv0");
  reader.constant_files["weights"] = write_temporary("npy", head + text + data);
  return load_constants(reader, Stub({spec}), 1, findings);
}

TEST(Constants, AFileIsTakenAsItIs) {
  Findings findings;
  const ConstantSpec spec = weights(DataType::unsigned_integer(2), {2, 3});
  const Constants constants = read_one(spec, "(2, 3)", std::string("\0\1\2\3\0\1", 6), findings);
  EXPECT_EQ(findings.render(), "");
  EXPECT_EQ(constants.at("weights").data, (std::vector<Value>{0, 1, 2, 3, 0, 1}));
}

TEST(Constants, OneRowInAFileIsSharedByAll) {
  Findings findings;
  const ConstantSpec spec = weights(DataType::unsigned_integer(2), {3, 2});
  const Constants constants = read_one(spec, "(1, 2)", "\1\2", findings);
  EXPECT_EQ(findings.render(), "");
  EXPECT_EQ(constants.at("weights").shape, (std::vector<int>{3, 2}));
  EXPECT_EQ(constants.at("weights").data, (std::vector<Value>{1, 2, 1, 2, 1, 2}));
}

TEST(Constants, EqualNeighboursAscendToo) {
  Findings findings;
  ConstantSpec spec = weights(DataType::unsigned_integer(2), {2, 2});
  spec.ascending = true;
  read_one(spec, "(2, 2)", std::string("\2\2\0\1", 4), findings);
  EXPECT_EQ(findings.render(), "");
}

TEST(Constants, AFileThatDoesNotFitIsLeftOut) {
  Findings findings;
  const ConstantSpec spec = weights(DataType::unsigned_integer(2), {3, 2});
  EXPECT_TRUE(read_one(spec, "(2, 1)", "\1\2", findings).empty());
  EXPECT_EQ(findings.all().size(), 1u);
}

Scenario scenario_with(DataType type, std::uint64_t frames) {
  Scenario scenario;
  scenario.network.input = {4, 5, 3, type};
  scenario.stimulus.frames = frames;
  return scenario;
}

TEST(Frames, AreDrawnOverTheWholeRangeOfTheInput) {
  Findings findings;
  const auto frames = load_frames(scenario_with(DataType::unsigned_integer(4), 20), findings);
  ASSERT_EQ(frames.size(), 20u);
  std::vector<int> seen(16, 0);
  for (const Tensor& frame : frames) {
    ASSERT_EQ(frame.data.size(), 60u);
    for (const Value value : frame.data) ++seen.at(static_cast<std::size_t>(value));
  }
  EXPECT_GT(*std::min_element(seen.begin(), seen.end()), 0);
  EXPECT_NE(frames[0].data, frames[1].data);
}

TEST(Frames, AreTheSameHoweverManyFollow) {
  Findings findings;
  const auto few = load_frames(scenario_with(DataType::signed_integer(8), 1), findings);
  const auto many = load_frames(scenario_with(DataType::signed_integer(8), 5), findings);
  EXPECT_EQ(few[0].data, many[0].data);
}

TEST(Frames, AreTheFirstOfTheFile) {
  Scenario scenario;
  scenario.network.input = {8, 8, 4, DataType::signed_integer(5)};
  scenario.stimulus.input_file =
      "tests/bad/files/frames_wide.npy";  // 2 frames, the last value is 8
  Findings findings;
  EXPECT_EQ(load_frames(scenario, findings).size(), 1u);
  scenario.stimulus.frames = 2;
  const auto frames = load_frames(scenario, findings);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[1].at(7, 7, 3), 8);
  EXPECT_EQ(frames[0].at(7, 7, 3), 0);
  EXPECT_EQ(findings.render(), "");
}

}  // namespace
}  // namespace qnnsim
