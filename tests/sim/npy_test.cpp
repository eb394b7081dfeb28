// SPDX-License-Identifier: Apache-2.0
//
// Files that are wrong: tests/bad/npy_*.yaml.
#include "sim/npy.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "tests/sim/temporary_file.h"

namespace qnnsim {
namespace {

/// A file as numpy.save writes it; `version` 1 to 3.
std::string npy(const std::string& header, const std::string& data, int version = 1) {
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::string padded = header;
  while ((6 + 2 + length_bytes + padded.size() + 1) % 64 != 0) padded += ' ';
  padded += '\n';
  std::string result = "\x93NUMPY";
  result += static_cast<char>(version);
  result += '\0';
  for (std::size_t i = 0; i < length_bytes; ++i) {
    result += static_cast<char>(padded.size() >> (8 * i) & 0xff);
  }
  return result + padded + data;
}

std::string header(const std::string& dtype, const std::string& shape) {
  return "{'descr': '" + dtype + "', 'fortran_order': False, 'shape': " + shape + ", }";
}

template <typename Number>
std::string bytes(const std::vector<Number>& numbers) {
  std::string result(numbers.size() * sizeof(Number), '\0');
  std::memcpy(result.data(), numbers.data(), result.size());
  return result;
}

std::vector<Value> load(const std::string& content) {
  Findings findings;
  const auto constant = load_npy(write_temporary("npy", content), findings);
  EXPECT_EQ(findings.render(), "");
  return constant ? constant->data : std::vector<Value>();
}

template <typename Number>
std::vector<Value> load_as(const std::string& dtype, const std::vector<Number>& numbers) {
  return load(npy(header(dtype, "(" + std::to_string(numbers.size()) + ",)"), bytes(numbers)));
}

TEST(Npy, EveryIntegerTypeKeepsItsExtremes) {
  using Values = std::vector<Value>;
  EXPECT_EQ(load_as<std::uint8_t>("|b1", {0, 1}), (Values{0, 1}));
  EXPECT_EQ(load_as<std::int8_t>("|i1", {-128, 127}), (Values{-128, 127}));
  EXPECT_EQ(load_as<std::uint8_t>("|u1", {0, 255}), (Values{0, 255}));
  EXPECT_EQ(load_as<std::int16_t>("<i2", {-32768, 32767}), (Values{-32768, 32767}));
  EXPECT_EQ(load_as<std::uint16_t>("<u2", {0, 65535}), (Values{0, 65535}));
  EXPECT_EQ(load_as<std::int32_t>("<i4", {INT32_MIN, INT32_MAX}), (Values{INT32_MIN, INT32_MAX}));
  EXPECT_EQ(load_as<std::uint32_t>("<u4", {0, INT32_MAX}), (Values{0, INT32_MAX}));
  EXPECT_EQ(load_as<std::int64_t>("<i8", {INT32_MIN, INT32_MAX}), (Values{INT32_MIN, INT32_MAX}));
  EXPECT_EQ(load_as<std::uint64_t>("<u8", {0, INT32_MAX}), (Values{0, INT32_MAX}));
}

TEST(Npy, IntegralFloatsAreIntegers) {
  EXPECT_EQ(load_as<float>("<f4", {-3.0F, -0.0F, 65536.0F}), (std::vector<Value>{-3, 0, 65536}));
  EXPECT_EQ(load_as<double>("<f8", {-2147483648.0, 2147483647.0}),
            (std::vector<Value>{INT32_MIN, INT32_MAX}));
}

TEST(Npy, ValuesThatThirtyTwoBitsDoNotHoldAreFindings) {
  const std::vector<std::string> files = {
      npy(header("<i8", "(1,)"), bytes<std::int64_t>({std::int64_t{INT32_MAX} + 1})),
      npy(header("<i8", "(1,)"), bytes<std::int64_t>({std::int64_t{INT32_MIN} - 1})),
      npy(header("<u4", "(1,)"), bytes<std::uint32_t>({std::uint32_t{1} << 31})),
      npy(header("<u8", "(1,)"), bytes<std::uint64_t>({~std::uint64_t{0}})),
      npy(header("<f8", "(1,)"), bytes<double>({2147483648.0})),
      npy(header("<f8", "(1,)"), bytes<double>({-2147483649.0})),
      npy(header("<f8", "(1,)"), bytes<double>({1e300})),
      npy(header("<f4", "(1,)"), bytes<float>({0.25F})),
      npy(header("<f8", "(1,)"), bytes<double>({std::numeric_limits<double>::quiet_NaN()})),
      npy(header("<f8", "(1,)"), bytes<double>({std::numeric_limits<double>::infinity()}))};
  for (const std::string& file : files) {
    Findings findings;
    EXPECT_FALSE(load_npy(write_temporary("npy", file), findings));
    EXPECT_NE(findings.render().find("is no integer of 32 bits"), std::string::npos);
  }
}

TEST(Npy, AllVersionsOfTheFormatAreRead) {
  for (const int version : {1, 2, 3}) {
    EXPECT_EQ(load(npy(header("|i1", "(2,)"), "\x01\x02", version)), (std::vector<Value>{1, 2}));
  }
}

TEST(Npy, TheShapeIsKept) {
  Findings findings;
  const std::string path = write_temporary("npy", npy(header("|i1", "(2, 1, 3)"), "abcdef"));
  const auto constant = load_npy(path, findings);
  ASSERT_TRUE(constant);
  EXPECT_EQ(constant->shape, (std::vector<int>{2, 1, 3}));
  EXPECT_EQ(constant->data.back(), 'f');
}

TEST(Npy, AScalarAndAnEmptyArrayAreArrays) {
  EXPECT_EQ(load(npy(header("|i1", "()"), "\x05")), (std::vector<Value>{5}));
  EXPECT_EQ(load(npy(header("|i1", "(0, 7)"), "")), std::vector<Value>());
}

TEST(Npy, TheHeadersKeysMayStandInAnyOrder) {
  EXPECT_EQ(load(npy("{\"shape\":(2,),'fortran_order': True , 'descr':'|i1'}", "\x01\x02")),
            (std::vector<Value>{1, 2}));
}

TEST(Npy, AFileCutAnywhereIsAFinding) {
  const std::string whole = npy(header("<i2", "(2, 3)"), bytes<std::int16_t>({1, 2, 3, 4, 5, 6}));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Findings findings;
    EXPECT_FALSE(load_npy(write_temporary("npy", whole.substr(0, size)), findings)) << size;
    EXPECT_EQ(findings.all().size(), 1u) << size;
  }
}

TEST(Npy, AHeaderThatIsNoneIsAFinding) {
  for (const char* wrong : {"", "{", "{}", "[]", "{'descr': '<i4'}",
                            "{'descr': '<i4', 'fortran_order': 0, 'shape': ()}",
                            "{'descr': '<i4', 'fortran_order': False, 'shape': (-1,)}",
                            "{'descr': '<i4', 'fortran_order': False, 'shape': (1 1)}",
                            "{'descr': '<i4', 'fortran_order': False, 'shape': 1}",
                            "{'descr': '<i4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
                            "{'descr': '<i4', 'fortran_order': False, 'shape': (1,)} x",
                            "{'descr': '<i4', 'descr': '<i4', 'fortran_order': False}",
                            "{'descr': 'i4', 'fortran_order': False, 'shape': (1,)}",
                            "{'descr': '', 'fortran_order': False, 'shape': (1,)}"}) {
    Findings findings;
    EXPECT_FALSE(load_npy(write_temporary("npy", npy(wrong, "abcd")), findings)) << wrong;
    EXPECT_EQ(findings.all().size(), 1u) << wrong;
  }
}

TEST(Npy, AMissingFileIsAFindingWhereItIsNamed) {
  Findings findings;
  EXPECT_FALSE(load_npy("tests/no_such.npy", {"network.yaml", 3, 7}, findings));
  EXPECT_EQ(
      findings.render(),
      "network.yaml:3:7: error: cannot read 'tests/no_such.npy': No such file or directory\n");
}

TEST(Npy, PositionsAreToldAsIndices) {
  EXPECT_EQ(shape_text({2, 3, 4}), "[2, 3, 4]");
  EXPECT_EQ(index_text({2, 3, 4}, 23), "[1, 2, 3]");
  EXPECT_EQ(index_text({}, 0), "[]");
}

}  // namespace
}  // namespace qnnsim
