// SPDX-License-Identifier: Apache-2.0
//
// AXI masters with a memory that answers, and what must pass between them, beat by beat.
#pragma once

#include <deque>
#include <map>
#include <utility>

#include "models/axi_reader.h"
#include "models/axi_writer.h"
#include "tests/models/kernel_bench.h"

namespace qnnsim::test {

/// A burst as an independent computation finds it.
struct ExpectedBurst {
  std::uint64_t beat = 0;  ///< [bus beats] address
  int beats = 0;
};

/// The bursts of pass number `pass`: bus beat after bus beat is added to the last burst unless that
/// is full or the beat begins a page.
inline std::vector<ExpectedBurst> expected_bursts(const AxiTransferParams& p, std::uint64_t pass) {
  std::vector<ExpectedBurst> bursts;
  const std::uint64_t first = p.base + pass % p.buffers * p.stride;
  const std::uint64_t containers = p.bus_bits / p.container_bits();
  for (std::uint64_t done = 0, byte = first; done < p.elements;
       done += containers, byte += p.bus_bits / 8) {
    if (bursts.empty() || bursts.back().beats == p.max_burst || byte % 4096 == 0) {
      bursts.push_back({byte / (p.bus_bits / 8), 0});
    }
    ++bursts.back().beats;
  }
  return bursts;
}

/// The lengths of all bursts, one after the other.
class BurstLengths {
 public:
  explicit BurstLengths(const AxiTransferParams& params) : params_(params) {}

  int next() {
    if (lengths_.empty()) {
      for (const ExpectedBurst& burst : expected_bursts(params_, pass_++)) {
        lengths_.push_back(burst.beats);
      }
    }
    const int length = lengths_.front();
    lengths_.pop_front();
    return length;
  }

 private:
  const AxiTransferParams params_;
  std::uint64_t pass_ = 0;
  std::deque<int> lengths_;
};

/// Takes AR, gives R at once: the first beat of a burst at the edge at which its address is taken.
class ReadMemory final : public Partner {
 public:
  /// `contents`: the values of every bus beat.
  ReadMemory(const AxiTransferParams& params, std::map<std::uint64_t, std::vector<Value>> contents,
             Pressure takes, Pressure gives)
      : Partner{{axi_address_port(params)}, {axi_data_port(params)}},
        contents_(std::move(contents)),
        takes_(std::move(takes)),
        gives_(std::move(gives)),
        lengths_(params) {}

  Step tick(Cycle now) override {
    const bool asked = in().can_pop();
    const bool takes = asked && !takes_.stalls(now);
    if (takes) take();
    const bool answers = !asked_.empty() && out().can_push();
    const bool gives = answers && !gives_.stalls(now);
    if (gives) give();
    return takes || gives ? Step::busy() : Step::starved(!asked && !answers);
  }
  std::uint64_t frame_interval() const override { return outputs().front().beats; }
  const std::vector<Value>& taken(std::size_t) const override { return taken_; }

 private:
  void take() {
    const int length = lengths_.next();
    const Value* request = in().front();
    if (request != nullptr) append(taken_, {request[0], request[1]});
    const std::uint64_t first = request == nullptr ? 0 : static_cast<std::uint32_t>(request[0]);
    for (int beat = 0; beat < length; ++beat) asked_.push_back(first + std::uint64_t(beat));
    in().pop();
  }
  void give() {
    if (Value* slot = out().push()) {
      const std::vector<Value>& beat = contents_.at(asked_.front());
      std::copy(beat.begin(), beat.end(), slot);
    }
    asked_.pop_front();
  }

  const std::map<std::uint64_t, std::vector<Value>> contents_;
  const Pressure takes_;
  const Pressure gives_;
  BurstLengths lengths_;
  std::deque<std::uint64_t> asked_;  ///< [bus beats]
  std::vector<Value> taken_;
};

/// Takes AW and W, gives B at once: at the edge at which the later of the address and the last beat
/// of a burst is taken.
class WriteMemory final : public Partner {
 public:
  WriteMemory(const AxiTransferParams& params, std::vector<Pressure> takes, Pressure gives)
      : Partner{{axi_address_port(params), axi_data_port(params)},
                {token_port(axi_address_port(params).beats)}},
        takes_(std::move(takes)),
        gives_(std::move(gives)),
        lengths_(params) {}

  Step tick(Cycle now) override {
    bool moves = false;
    bool waits = false;
    for (std::size_t i = 0; i < inputs().size(); ++i) {
      if (!in(i).can_pop()) continue;
      (takes_[i].stalls(now) ? waits : moves) = true;
      if (takes_[i].stalls(now)) continue;
      if (const Value* beat = in(i).front()) {
        taken_[i].insert(taken_[i].end(), beat, beat + inputs()[i].lanes);
      }
      if (i == 0) asked_.push_back(lengths_.next());
      if (i == 1) ++data_;
      in(i).pop();
    }
    if (!asked_.empty() && data_ >= asked_.front() && out().can_push()) {
      (gives_.stalls(now) ? waits : moves) = true;
      if (!gives_.stalls(now)) give();
    }
    return moves ? Step::busy() : Step::starved(!waits);
  }
  std::uint64_t frame_interval() const override { return inputs()[1].beats; }
  const std::vector<Value>& taken(std::size_t input) const override { return taken_[input]; }

 private:
  void give() {
    if (Value* slot = out().push()) *slot = 0;
    data_ -= asked_.front();
    asked_.pop_front();
  }

  const std::vector<Pressure> takes_;
  const Pressure gives_;
  BurstLengths lengths_;
  std::deque<int> asked_;  ///< [beats] of the bursts without an answer
  int data_ = 0;           ///< [beats] of these that have been taken
  std::vector<Value> taken_[2];
};

/// Bursts up to 4 KB and across, bases next to pages, padding, buffers behind and upon each other.
inline AxiTransferParams draw_transfer(Draw& draw) {
  AxiTransferParams p;
  p.bus_bits = draw.pick({32, 64, 128, 256});
  p.type = draw.pick({DataType::bipolar(), DataType::signed_integer(draw.between(2, 32)),
                      DataType::unsigned_integer(draw.between(1, 32)),
                      DataType::signed_integer(draw.pick({4, 8, 16}))});
  p.max_burst = draw.pick({1, 2, 3, 16, 256, draw.between(1, 256)});
  p.outstanding = draw.between(1, 8);
  // Where any number of elements may be missing in the last bus beat, stream beats are narrow.
  const int lanes = p.lanes_of_bus();
  const bool narrow = draw.one_in(4);
  const int steps = narrow ? lanes : std::min(lanes, draw.pick({1, 2, 4, 8}));
  const int bus_beats = draw.between(1, steps > 8 ? 4 : draw.pick({8, 30, 70}));
  p.elements = std::uint64_t(bus_beats) * lanes - draw.between(0, steps - 1) * (lanes / steps);
  p.passes = draw.between(1, 3);
  p.buffers = draw.between(1, 4);
  const int page = 4096 / p.bus_bytes();
  const int place = draw.one_in(2) ? page - draw.between(1, std::min(page, bus_beats + 1))
                                   : draw.between(0, page - 1);
  p.base = (std::uint64_t(draw.between(0, 1000)) * page + place) * p.bus_bytes();
  p.stride = std::uint64_t(draw.one_in(3) ? draw.between(0, 2 * page) : bus_beats) * p.bus_bytes();
  return p;
}

inline std::string describe(const AxiTransferParams& p) {
  return p.type.name() + ", " +
         describe({{"bus_bits", p.bus_bits},
                   {"max_burst", p.max_burst},
                   {"outstanding", p.outstanding},
                   {"base", std::int64_t(p.base)},
                   {"stride", std::int64_t(p.stride)},
                   {"buffers", std::int64_t(p.buffers)},
                   {"elements", std::int64_t(p.elements)},
                   {"passes", std::int64_t(p.passes)}});
}

/// What travels on AR or AW in all frames of a case.
inline std::vector<Value> expected_addresses(const AxiTransferParams& p, std::uint64_t frames) {
  std::vector<Value> result;
  for (std::uint64_t pass = 0; pass < frames * p.passes; ++pass) {
    for (const ExpectedBurst& burst : expected_bursts(p, pass)) {
      result.push_back(static_cast<Value>(burst.beat));
      result.push_back(burst.beats - 1);
    }
  }
  return result;
}

/// A reader of a memory of random values.
inline KernelCase read_case(const AxiTransferParams& p, Draw& draw) {
  KernelCase c;
  c.parameters = describe(p);
  c.make = [p] { return std::make_unique<AxiReader>(p); };
  std::map<std::uint64_t, std::vector<Value>> contents;
  std::vector<Value> elements, data;
  for (std::uint64_t pass = 0; pass < c.frames * p.passes; ++pass) {
    std::vector<Value> whole;
    for (const ExpectedBurst& burst : expected_bursts(p, pass)) {
      for (std::uint64_t beat = burst.beat; beat < burst.beat + burst.beats; ++beat) {
        auto& values = contents[beat];
        if (values.empty()) values = draw.values(p.bus_bits / p.container_bits(), p.type);
        append(whole, values);
      }
    }
    append(data, whole);
    whole.resize(p.elements);
    append(elements, whole);
  }
  c.inputs = {std::vector<Value>(c.frames * p.passes), data};
  c.outputs = {elements, expected_addresses(p, c.frames)};
  c.interval = p.passes * p.stream_beats();
  c.partnership =
      Partnership{{1}, {1}, [p, contents](auto takes, auto gives) {
                    return std::make_unique<ReadMemory>(p, contents, takes[0], gives[0]);
                  }};
  return c;
}

/// A writer of random values.
inline KernelCase write_case(const AxiTransferParams& p, Draw& draw) {
  KernelCase c;
  c.parameters = describe(p);
  c.make = [p] { return std::make_unique<AxiWriter>(p); };
  const std::uint64_t passes = c.frames * p.passes;
  const std::uint64_t lanes = p.bus_bits / p.container_bits();
  const std::vector<Value> elements = draw.values(passes * p.elements, p.type);
  std::vector<Value> data;
  for (std::uint64_t pass = 0; pass < passes; ++pass) {
    const auto first = elements.begin() + static_cast<std::ptrdiff_t>(pass * p.elements);
    data.insert(data.end(), first, first + static_cast<std::ptrdiff_t>(p.elements));
    // Bits that are 0: of BIPOLAR they are -1.
    while (data.size() % lanes != 0) data.push_back(p.type.is_bipolar() ? -1 : 0);
  }
  const std::vector<Value> addresses = expected_addresses(p, c.frames);
  c.inputs = {elements, std::vector<Value>(addresses.size() / kAxiAddressLanes)};
  c.outputs = {std::vector<Value>(passes), addresses, data};
  c.interval = p.passes * p.stream_beats();
  c.partnership = Partnership{{1, 2}, {1}, [p](auto takes, auto gives) {
                                return std::make_unique<WriteMemory>(p, takes, gives[0]);
                              }};
  return c;
}

inline KernelCase any_read(Draw& draw) { return read_case(draw_transfer(draw), draw); }
inline KernelCase any_write(Draw& draw) { return write_case(draw_transfer(draw), draw); }

/// Cycles of the beats that end a burst.
inline std::vector<Cycle> burst_ends(const AxiTransferParams& p, std::uint64_t frames,
                                     const std::vector<Cycle>& beats) {
  std::vector<Cycle> ends;
  std::size_t beat = 0;
  for (std::uint64_t pass = 0; pass < frames * p.passes; ++pass) {
    for (const ExpectedBurst& burst : expected_bursts(p, pass)) {
      beat += static_cast<std::size_t>(burst.beats);
      ends.push_back(beats.at(beat - 1));
    }
  }
  return ends;
}

/// An address leaves only where fewer than `most` bursts have been sent and have not ended before.
inline void expect_outstanding_limit(const std::vector<Cycle>& addresses,
                                     const std::vector<Cycle>& ends, int most) {
  ASSERT_EQ(addresses.size(), ends.size());
  for (std::size_t burst = static_cast<std::size_t>(most); burst < addresses.size(); ++burst) {
    ASSERT_GT(addresses[burst], ends[burst - static_cast<std::size_t>(most)]) << "burst " << burst;
  }
}

/// Calls `check(params, case, draw)` for cases of `make` (`read_case`, `write_case`), up to the
/// first that fails. Fewer bursts under way than `least_outstanding` are not drawn.
template <typename Make, typename Check>
void for_axi_cases(int count, int least_outstanding, Make make, Check check) {
  for (int seed = 1; seed <= count && !testing::Test::HasFailure(); ++seed) {
    Draw draw(static_cast<std::uint64_t>(seed));
    AxiTransferParams p = draw_transfer(draw);
    p.outstanding = std::max(p.outstanding, least_outstanding);
    const KernelCase c = make(p, draw);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + c.parameters);
    check(p, c, draw);
  }
}

/// Frames 1 and 2 take as long as the closed form says; `beats`: cycles of a stream's beats.
inline void expect_interval(const KernelCase& c, const std::vector<Cycle>& beats) {
  EXPECT_EQ(c.make()->frame_interval(), c.interval);
  const std::size_t frame = beats.size() / c.frames;
  for (std::size_t i = 1; i < c.frames; ++i) {
    EXPECT_EQ(beats[(i + 1) * frame - 1] - beats[i * frame - 1], c.interval)
        << "between the last beats of frames " << i - 1 << " and " << i;
  }
}

/// Two passes of 16 bus beats without padding, bursts of `max_burst` beats.
inline AxiTransferParams sixteen_beats(int max_burst, int outstanding) {
  AxiTransferParams p;
  p.bus_bits = 32;
  p.max_burst = max_burst;
  p.outstanding = outstanding;
  p.elements = 64;
  p.passes = 2;
  p.type = DataType::unsigned_integer(8);
  return p;
}

}  // namespace qnnsim::test
