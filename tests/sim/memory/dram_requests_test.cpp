// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_requests.h"

#include <gtest/gtest.h>

#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "tests/models/draw.h"

namespace qnnsim::test {
namespace {

TEST(DramRequests, AreFoundByPlaceAndDirectionAsLongAsTheyArePending) {
  for (int seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Draw draw(seed);
    const int most = draw.between(1, 200);
    const int places = draw.pick({10, 1000, 100000});
    DramRequests requests(most);
    std::map<std::pair<std::uint64_t, bool>, std::uint64_t> expected;  // to tags
    for (int i = 0; i < 20000; ++i) {
      const std::uint64_t place = draw.between(0, places);
      const bool write = draw.one_in(2);
      const int found = requests.find(place, write);
      const auto known = expected.find({place, write});
      ASSERT_EQ(found != DramRequests::kNone, known != expected.end());
      if (known != expected.end()) {
        ASSERT_EQ(requests[found].tag, known->second);
      }
      if (known == expected.end() && expected.size() < std::size_t(most)) {
        DramRequest added;
        added.place = place;
        added.write = write;
        added.tag = i;
        requests.add(added);
        expected[{place, write}] = i;
      } else if (!expected.empty()) {
        const auto removed = std::next(expected.begin(), draw.between(0, int(expected.size()) - 1));
        const int request = requests.find(removed->first.first, removed->first.second);
        ASSERT_NE(request, DramRequests::kNone);
        requests.remove(request);
        expected.erase(removed);
      }
    }
  }
}

TEST(DramRequests, MergedOnesHangOnTheFirstAndGoWithIt) {
  DramRequests requests(4);
  DramRequest request;
  request.place = 7;
  const int first = requests.add(request);
  for (int round = 0; round < 3; ++round) {
    for (int tag = 1; tag <= 3; ++tag) {
      request.tag = tag;
      requests.merge(requests.find(7, false), request);
    }
    int merged = 0;
    for (int i = requests.find(7, false); i != DramRequests::kNone; i = requests[i].next) ++merged;
    EXPECT_EQ(merged, 4);
    requests.remove(requests.find(7, false));
    EXPECT_EQ(requests.find(7, false), DramRequests::kNone);
    EXPECT_EQ(requests.add(request), first);
  }
}

}  // namespace
}  // namespace qnnsim::test
