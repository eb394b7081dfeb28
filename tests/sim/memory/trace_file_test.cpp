// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/trace_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/sim/temporary_file.h"

namespace qnnsim::test {
namespace {

constexpr std::int64_t kBytes = 1 << 20;

std::string findings_in(const std::string& text) {
  Findings findings;
  load_trace(write_temporary("trace.trc", text), kBytes, {"test", 0, 0}, findings);
  std::string result;
  for (const Finding& finding : findings.all()) {
    result += fmt::format("{}:{}: {}\n", finding.place.line, finding.place.column, finding.message);
  }
  return result;
}

std::vector<TraceRequest> requests_in(const std::string& text) {
  Findings findings;
  auto requests = load_trace(write_temporary("trace.trc", text), kBytes, {"test", 0, 0}, findings);
  EXPECT_EQ(findings.render(), "");
  return requests;
}

TEST(TraceFile, ReadsRequestsAndPassesOverCommentsAndBlankLines) {
  const auto requests =
      requests_in("# seq\n\n0x40 READ 0\r\n  0XFfFc0\tWRITE  7 \n   # end\n0x0 READ 7");
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].address, 0x40u);
  EXPECT_FALSE(requests[0].write);
  EXPECT_EQ(requests[1].address, 0xfffc0u);
  EXPECT_TRUE(requests[1].write);
  EXPECT_EQ(requests[1].cycle, 7u);
  EXPECT_EQ(requests[2].cycle, 7u);
  EXPECT_TRUE(requests_in("").empty());
}

TEST(TraceFile, TellsEveryWrongLineWithItsPlace) {
  EXPECT_EQ(findings_in("40 READ 0\n"
                        "0xzz READ 0\n"
                        "0x40 read 0\n"
                        "0x40 READ\n"
                        "0x40\n"
                        "0x40 READ -1\n"
                        "0x40 READ 1 2\n"
                        "0x40 READ 9\n"
                        "0x40 WRITE 8\n"
                        "0x100000 READ 9\n"
                        "0x11112222333344445 READ 9\n"),
            "1:1: '40' is not an address\n"
            "2:1: '0xzz' is not an address\n"
            "3:6: 'read' must be READ or WRITE\n"
            "4:10: the line ends before the cycle\n"
            "5:5: the line ends before READ or WRITE\n"
            "6:11: '-1' is not a cycle\n"
            "7:13: '2' is more than a request\n"
            "9:12: cycle 8 is before cycle 9 of the request above\n"
            "10:1: address 0x100000 is past the end of the memory, 1048576 bytes\n"
            "11:1: '0x11112222333344445' is not an address\n");
}

TEST(TraceFile, TellsTheFirstTwentyWrongLinesAndHowManyMore) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "nonsense\n";
  Findings findings;
  load_trace(write_temporary("trace.trc", text), kBytes, {"test", 0, 0}, findings);
  ASSERT_EQ(findings.all().size(), 21u);
  EXPECT_EQ(findings.all().back().message, "and 10 more lines are wrong from here on");
  EXPECT_EQ(findings.all().back().place.line, 21);
}

TEST(TraceFile, AFileThatIsNotThereIsAFindingWhereItIsNamed) {
  Findings findings;
  load_trace("no/such.trc", kBytes, {"scenario.yaml", 4, 2}, findings);
  ASSERT_EQ(findings.all().size(), 1u);
  EXPECT_EQ(findings.all().front().place.line, 4);
}

}  // namespace
}  // namespace qnnsim::test
