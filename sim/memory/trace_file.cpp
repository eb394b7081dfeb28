// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/trace_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "sim/input_file.h"

namespace qnnsim {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Takes the next word off the front of `rest`; it is empty at the end.
std::string_view next_word(std::string_view& rest) {
  std::size_t begin = 0;
  while (begin < rest.size() && is_blank(rest[begin])) ++begin;
  std::size_t end = begin;
  while (end < rest.size() && !is_blank(rest[end])) ++end;
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

/// The number that all of `text` spells.
bool parse(std::string_view text, int base, std::uint64_t& value) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

/// Reads one trace, line by line.
class TraceReader {
 public:
  TraceReader(const std::string& path, std::int64_t memory_bytes, Findings& findings)
      : path_(path), bytes_(static_cast<std::uint64_t>(memory_bytes)), findings_(findings) {}

  std::vector<TraceRequest> read(std::string_view text) {
    requests_.reserve(text.size() / kTypicalLine);
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++number_;
      line_ = text.substr(0, end);
      read_line();
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (wrong_lines_ > kMostTold) {
      const int more = wrong_lines_ - kMostTold;
      findings_.add({path_, first_untold_, 1}, fmt::format("and {} more line{} wrong from here on",
                                                           more, more > 1 ? "s are" : " is"));
    }
    return std::move(requests_);
  }

 private:
  static constexpr std::size_t kTypicalLine = 20;  ///< [bytes]
  static constexpr int kMostTold = 20;

  void read_line() {
    std::string_view rest = line_;
    const std::string_view address = next_word(rest);
    if (address.empty() || address.front() == '#') return;
    const std::string_view kind = next_word(rest);
    const std::string_view cycle = next_word(rest);
    TraceRequest request;
    if (!read_address(address, request.address) || !read_kind(kind, request.write) ||
        !read_cycle(cycle, request.cycle)) {
      return;
    }
    if (const std::string_view more = next_word(rest); !more.empty()) {
      fail(more, fmt::format("'{}' is more than a request", more.substr(0, kShown)), kForm);
      return;
    }
    requests_.push_back(request);
  }

  bool read_address(std::string_view word, std::uint64_t& address) {
    const bool has_prefix = word.size() > 2 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
    if (!has_prefix || !parse(word.substr(2), 16, address)) {
      fail(word, fmt::format("'{}' is not an address", word.substr(0, kShown)), kForm);
      return false;
    }
    if (address < bytes_) return true;
    fail(word, fmt::format("address {} is past the end of the memory, {} bytes", word, bytes_),
         fmt::format("the last one is {:#x}", bytes_ - 1));
    return false;
  }

  bool read_kind(std::string_view word, bool& write) {
    write = word == "WRITE";
    if (write || word == "READ") return true;
    fail(word,
         word.empty() ? "the line ends before READ or WRITE"
                      : fmt::format("'{}' must be READ or WRITE", word.substr(0, kShown)),
         kForm);
    return false;
  }

  bool read_cycle(std::string_view word, Cycle& cycle) {
    if (!parse(word, 10, cycle)) {
      fail(word,
           word.empty() ? "the line ends before the cycle"
                        : fmt::format("'{}' is not a cycle", word.substr(0, kShown)),
           kForm);
      return false;
    }
    const Cycle before = std::exchange(last_cycle_, cycle);
    if (cycle >= before) return true;
    fail(word, fmt::format("cycle {} is before cycle {} of the request above", cycle, before),
         "requests stand in the order of their cycles");
    return false;
  }

  /// A finding at `part` of the present line; at its end where there is none.
  void fail(std::string_view part, std::string message, std::string hint) {
    ++wrong_lines_;
    if (wrong_lines_ == kMostTold + 1) first_untold_ = number_;
    if (wrong_lines_ > kMostTold) return;
    const std::size_t column =
        part.empty() ? line_.size() : static_cast<std::size_t>(part.data() - line_.data());
    findings_.add({path_, number_, static_cast<int>(column) + 1}, std::move(message),
                  std::move(hint));
  }

  static constexpr std::size_t kShown = 40;
  static constexpr const char* kForm = "one request a line, as in: 0x1f40 READ 12";

  const std::string& path_;
  const std::uint64_t bytes_;
  Findings& findings_;
  std::string_view line_;
  int number_ = 0;
  int wrong_lines_ = 0;
  int first_untold_ = 0;
  Cycle last_cycle_ = 0;
  std::vector<TraceRequest> requests_;
};

}  // namespace

std::vector<TraceRequest> load_trace(const std::string& path, std::int64_t memory_bytes,
                                     const Place& place, Findings& findings) {
  const auto text = read_file(path, place, findings);
  if (!text) return {};
  return TraceReader(path, memory_bytes, findings).read(*text);
}

}  // namespace qnnsim
