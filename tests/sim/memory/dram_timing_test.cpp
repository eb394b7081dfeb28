// SPDX-License-Identifier: Apache-2.0
//
// Every timing parameter is the distance of two commands in accesses made for it: a command comes
// exactly then, not a cycle earlier, whatever the parameter is.
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/sim/memory/small_dram.h"

namespace qnnsim::test {
namespace {

constexpr auto kActivate = DramCommandKind::kActivate;
constexpr auto kPrecharge = DramCommandKind::kPrecharge;
constexpr auto kRead = DramCommandKind::kRead;
constexpr auto kWrite = DramCommandKind::kWrite;
constexpr auto kRefresh = DramCommandKind::kRefresh;

/// In which accesses a parameter shows, and how.
struct Gate {
  std::string name;
  std::function<void(DramSpec&, int)> set;
  std::vector<int> values;
  std::vector<Access> accesses;
  std::function<Cycle(const Served&)> distance;
  std::function<Cycle(const DramSpec&)> expected;
  std::function<void(DramSpec&)> prepare = [](DramSpec&) {};
  Cycle until = 0;
};

void PrintTo(const Gate& gate, std::ostream* stream) { *stream << gate.name; }

/// From the first command of a kind to the first, or a later one, of another.
std::function<Cycle(const Served&)> between(DramCommandKind from, DramCommandKind to,
                                            std::size_t nth = 0) {
  return [=](const Served& served) { return served.at(to, nth) - served.at(from); };
}

std::function<void(DramSpec&, int)> set(int DramTiming::*field) {
  return [=](DramSpec& spec, int value) { spec.timing.*field = value; };
}

std::function<Cycle(const DramSpec&)> plain(int DramTiming::*field, int burst_share = 0) {
  return [=](const DramSpec& spec) {
    return Cycle(spec.timing.*field) + burst_share * spec.burst_cycles();
  };
}

Access read(int group, int bank, std::int64_t row, std::int64_t column, Cycle cycle = 0) {
  return {false, 0, group, bank, row, column, cycle};
}
Access write(int group, int bank, std::int64_t row, std::int64_t column, Cycle cycle = 0) {
  return {true, 0, group, bank, row, column, cycle};
}
Access of_rank(int rank, Access access) {
  access.rank = rank;
  return access;
}

void unified(DramSpec& spec) { spec.policy.unified_queue = true; }
void two_ranks(DramSpec& spec) {
  spec.ranks = 2;
  spec.policy.unified_queue = true;
}
void refreshed(DramSpec& spec) { spec.policy.refresh = true; }

std::vector<Gate> gates() {
  using T = DramTiming;
  std::vector<Gate> gates;
  gates.push_back({"rcd_rd",
                   set(&T::rcd_rd),
                   {5, 17, 18, 30},
                   {read(0, 0, 1, 0)},
                   between(kActivate, kRead),
                   plain(&T::rcd_rd)});
  gates.push_back({"rcd_wr",
                   set(&T::rcd_wr),
                   {5, 17, 18, 30},
                   {write(0, 0, 1, 0)},
                   between(kActivate, kWrite),
                   plain(&T::rcd_wr),
                   unified});
  gates.push_back({"rp",
                   set(&T::rp),
                   {5, 17, 18, 30},
                   {read(0, 0, 1, 0), read(0, 0, 2, 0)},
                   between(kPrecharge, kActivate, 1),
                   plain(&T::rp)});
  gates.back().distance = [](const Served& s) { return s.at(kActivate, 1) - s.at(kPrecharge); };
  gates.push_back({"ras",
                   set(&T::ras),
                   {30, 39, 40, 60},
                   {read(0, 0, 1, 0), read(0, 0, 2, 0)},
                   between(kActivate, kPrecharge),
                   plain(&T::ras)});
  gates.push_back({"rtp",
                   set(&T::rtp),
                   {3, 9, 10, 20},
                   {read(0, 0, 1, 0), read(0, 0, 2, 0)},
                   between(kRead, kPrecharge),
                   plain(&T::rtp),
                   [](DramSpec& spec) { spec.timing.ras = 10; }});
  gates.push_back({"wr",
                   set(&T::wr),
                   {3, 18, 19, 30},
                   {write(0, 0, 1, 0), write(0, 0, 2, 0)},
                   between(kWrite, kPrecharge),
                   [](const DramSpec& spec) {
                     return Cycle(spec.timing.cwl + spec.burst_cycles() + spec.timing.wr);
                   },
                   [](DramSpec& spec) {
                     unified(spec);
                     spec.timing.ras = 10;
                   }});
  for (const bool writes : {false, true}) {
    const auto access = [writes](int group, int bank, std::int64_t row, std::int64_t column,
                                 Cycle cycle = 0) {
      return Access{writes, 0, group, bank, row, column, cycle};
    };
    const DramCommandKind kind = writes ? kWrite : kRead;
    const std::string suffix = writes ? "_writes" : "_reads";
    // Rows are opened by the first two accesses; the later ones hit them.
    gates.push_back({"ccd_s" + suffix,
                     set(&T::ccd_s),
                     {4, 5, 6},
                     {access(0, 0, 1, 0, 0), access(1, 0, 1, 0, 0), access(0, 0, 1, 1, 200),
                      access(1, 0, 1, 1, 200)},
                     [=](const Served& s) { return s.at(kind, 3) - s.at(kind, 2); },
                     plain(&T::ccd_s),
                     unified});
    gates.push_back({"ccd_l" + suffix,
                     set(&T::ccd_l),
                     {4, 6, 7, 10},
                     {access(0, 0, 1, 0), access(0, 0, 1, 1)},
                     [=](const Served& s) { return s.at(kind, 1) - s.at(kind); },
                     plain(&T::ccd_l),
                     unified});
  }
  gates.push_back({"rrd_s",
                   set(&T::rrd_s),
                   {2, 4, 5, 6},
                   {read(0, 0, 1, 0), read(1, 0, 1, 0)},
                   between(kActivate, kActivate, 1),
                   plain(&T::rrd_s)});
  gates.push_back({"rrd_l",
                   set(&T::rrd_l),
                   {4, 6, 7, 12},
                   {read(0, 0, 1, 0), read(0, 1, 1, 0)},
                   between(kActivate, kActivate, 1),
                   plain(&T::rrd_l)});
  gates.push_back(
      {"faw",
       set(&T::faw),
       {20, 26, 27, 50},
       {read(0, 0, 1, 0), read(1, 0, 1, 0), read(2, 0, 1, 0), read(3, 0, 1, 0), read(0, 1, 1, 0)},
       between(kActivate, kActivate, 4),
       plain(&T::faw)});
  const auto after_write = [](int T::*field) {
    return [=](const DramSpec& spec) {
      return Cycle(spec.timing.cwl + spec.burst_cycles() + spec.timing.*field);
    };
  };
  gates.push_back(
      {"wtr_s",
       set(&T::wtr_s),
       {1, 3, 4, 9},
       {read(1, 0, 1, 0), read(0, 0, 1, 0), write(0, 0, 1, 1, 200), read(1, 0, 1, 1, 201)},
       between(kWrite, kRead, 2),
       after_write(&T::wtr_s),
       unified});
  gates.push_back(
      {"wtr_l",
       set(&T::wtr_l),
       {1, 9, 10, 15},
       {read(0, 1, 1, 0), read(0, 0, 1, 0), write(0, 0, 1, 1, 200), read(0, 1, 1, 1, 201)},
       between(kWrite, kRead, 2),
       after_write(&T::wtr_l),
       unified});
  gates.push_back({"rtrs_between_ranks",
                   set(&T::rtrs),
                   {1, 2, 3},
                   {of_rank(0, read(0, 0, 1, 0)), of_rank(1, read(0, 0, 1, 0)),
                    of_rank(0, read(0, 0, 1, 1, 200)), of_rank(1, read(0, 0, 1, 1, 200))},
                   [](const Served& s) { return s.at(kRead, 3) - s.at(kRead, 2); },
                   plain(&T::rtrs, 1),
                   two_ranks});
  gates.push_back({"rtrs_to_write",
                   set(&T::rtrs),
                   {1, 2, 3},
                   {read(0, 0, 1, 0), write(0, 0, 1, 1)},
                   between(kRead, kWrite),
                   [](const DramSpec& spec) {
                     return Cycle(spec.timing.cl + spec.burst_cycles() + spec.timing.rtrs -
                                  spec.timing.cwl);
                   },
                   unified});
  gates.push_back({"rtrs_write_to_other_rank",
                   set(&T::rtrs),
                   {3, 4, 5},
                   {of_rank(1, read(0, 0, 1, 0)), of_rank(0, read(0, 0, 1, 0)),
                    of_rank(0, write(0, 0, 1, 1, 200)), of_rank(1, read(0, 0, 1, 1, 201))},
                   between(kWrite, kRead, 2),
                   [](const DramSpec& spec) {
                     return Cycle(spec.timing.cwl + spec.burst_cycles() + spec.timing.rtrs -
                                  spec.timing.cl);
                   },
                   two_ranks});
  gates.push_back({"writes_between_ranks",
                   set(&T::ccd_s),
                   {4, 6},
                   {of_rank(0, write(0, 0, 1, 0)), of_rank(1, write(0, 0, 1, 0)),
                    of_rank(0, write(0, 0, 1, 1, 200)), of_rank(1, write(0, 0, 1, 1, 200))},
                   [](const Served& s) { return s.at(kWrite, 3) - s.at(kWrite, 2); },
                   [](const DramSpec& spec) { return Cycle(spec.burst_cycles()); },
                   two_ranks});
  gates.push_back({"refi",
                   set(&T::refi),
                   {900, 901, 9360},
                   {},
                   between(kRefresh, kRefresh, 1),
                   plain(&T::refi),
                   refreshed,
                   30000});
  gates.push_back({"refi_first",
                   set(&T::refi),
                   {900, 901, 9360},
                   {},
                   [](const Served& s) { return s.at(kRefresh); },
                   plain(&T::refi),
                   refreshed,
                   10000});
  gates.push_back({"refi_of_two_ranks",
                   set(&T::refi),
                   {1800, 1802, 9360},
                   {},
                   between(kRefresh, kRefresh, 1),
                   [](const DramSpec& spec) { return Cycle(spec.timing.refi / 2); },
                   [](DramSpec& spec) {
                     two_ranks(spec);
                     refreshed(spec);
                   },
                   30000});
  gates.push_back({"rfc",
                   set(&T::rfc),
                   {100, 420, 421},
                   {read(0, 0, 1, 0, 9365)},
                   between(kRefresh, kActivate),
                   plain(&T::rfc),
                   refreshed});
  gates.push_back({"rp_to_refresh",
                   set(&T::rp),
                   {10, 17, 18},
                   {read(0, 0, 1, 0, 9000)},
                   between(kPrecharge, kRefresh),
                   plain(&T::rp),
                   refreshed,
                   10000});
  gates.push_back(
      {"ppd",
       set(&T::ppd),
       {2, 4, 5, 9},
       {read(0, 0, 1, 0), read(1, 0, 1, 0), read(0, 0, 2, 0, 200), read(1, 0, 2, 0, 200)},
       between(kPrecharge, kPrecharge, 1),
       plain(&T::ppd)});
  const auto latency = [](const Served& s) { return s.completions.at(0).cycle - s.at(kRead); };
  gates.push_back({"cl", set(&T::cl), {12, 17, 18}, {read(0, 0, 1, 0)}, latency, plain(&T::cl, 1)});
  gates.push_back({"cwl",
                   set(&T::cwl),
                   {9, 12, 13},
                   {write(0, 0, 1, 0)},
                   [](const Served& s) { return s.end - s.at(kWrite); },
                   plain(&T::cwl, 1)});
  const auto closed = [](DramSpec& spec) {
    unified(spec);
    spec.policy.page = PagePolicy::kClosed;
  };
  gates.push_back({"closed_page_read",
                   set(&T::rtp),
                   {18, 19, 30},
                   {read(0, 0, 1, 0), read(0, 0, 2, 0)},
                   [](const Served& s) { return s.at(kActivate, 1) - s.at(kRead); },
                   [](const DramSpec& spec) {
                     return Cycle(spec.burst_cycles() + spec.timing.rtp + spec.timing.rp);
                   },
                   closed});
  gates.push_back({"closed_page_write",
                   set(&T::wr),
                   {10, 18, 19},
                   {write(0, 0, 1, 0), write(0, 0, 2, 0)},
                   [](const Served& s) { return s.at(kActivate, 1) - s.at(kWrite); },
                   [](const DramSpec& spec) {
                     return Cycle(spec.timing.cwl + spec.burst_cycles() + spec.timing.wr +
                                  spec.timing.rp);
                   },
                   closed});
  return gates;
}

class DramTimingGate : public testing::TestWithParam<Gate> {};

TEST_P(DramTimingGate, OpensExactlyWhenItsParameterSays) {
  const Gate& gate = GetParam();
  for (const int value : gate.values) {
    SCOPED_TRACE(gate.name + " = " + std::to_string(value));
    DramSpec spec = small_dram();
    gate.prepare(spec);
    gate.set(spec, value);
    const Cycle expected = gate.expected(spec);
    EXPECT_EQ(gate.distance(serve(spec, gate.accesses, gate.until)), expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Gates, DramTimingGate, testing::ValuesIn(gates()),
                         [](const auto& info) { return info.param.name; });

TEST(DramTimingGate, OneBankGroupHasTheShortDistances) {
  DramSpec spec = small_dram();
  spec.bank_groups = 1;
  spec.banks_per_group = 8;
  spec.timing.rrd_s = 4;
  spec.timing.rrd_l = 15;
  spec.timing.ccd_l = 15;
  const Served served = serve(
      spec, {read(0, 0, 1, 0), read(0, 1, 1, 0), read(0, 0, 1, 1, 200), read(0, 1, 1, 1, 200)});
  EXPECT_EQ(served.at(kActivate, 1) - served.at(kActivate), 4u);
  EXPECT_EQ(served.at(kRead, 3) - served.at(kRead, 2), 4u);
}

}  // namespace
}  // namespace qnnsim::test
