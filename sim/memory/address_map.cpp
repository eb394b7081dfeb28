// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/address_map.h"

#include <algorithm>
#include <cstddef>

namespace qnnsim {
namespace {

std::uint64_t field_of(const AddressField& field, std::uint64_t address) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < field.bits.size(); ++i) {
    std::uint64_t bit = 0;
    for (const int source : field.bits[i]) bit ^= address >> source;
    value |= (bit & 1) << i;
  }
  return value;
}

}  // namespace

DramAddress AddressMap::decode(std::uint64_t address) const {
  DramAddress result;
  result.channel = static_cast<int>(field_of(channel, address));
  result.rank = static_cast<int>(field_of(rank, address));
  result.bank_group = static_cast<int>(field_of(bank_group, address));
  result.bank = static_cast<int>(field_of(bank, address));
  result.row = static_cast<std::int64_t>(field_of(row, address));
  result.column = static_cast<std::int64_t>(field_of(column, address));
  return result;
}

AddressDecoder::AddressDecoder(const AddressMap& map)
    : channel_(runs_of(map.channel)),
      rank_(runs_of(map.rank)),
      bank_group_(runs_of(map.bank_group)),
      bank_(runs_of(map.bank)),
      row_(runs_of(map.row)),
      column_(runs_of(map.column)) {}

AddressDecoder::Runs AddressDecoder::runs_of(const AddressField& field) {
  Runs runs;
  for (std::size_t i = 0; i < field.bits.size(); ++i) {
    const int to = static_cast<int>(i);
    for (const int from : field.bits[i]) {
      const auto run = std::find_if(runs.begin(), runs.end(), [&](const Run& r) {
        const int length = to - r.to;
        return length > 0 && from - r.from == length && r.mask == (std::uint64_t{1} << length) - 1;
      });
      if (run == runs.end()) {
        runs.push_back({from, to, 1});
      } else {
        run->mask |= std::uint64_t{1} << (to - run->to);
      }
    }
  }
  return runs;
}

std::uint64_t AddressDecoder::gather(const Runs& runs, std::uint64_t address) {
  std::uint64_t value = 0;
  for (const Run& run : runs) value ^= (address >> run.from & run.mask) << run.to;
  return value;
}

DramAddress AddressDecoder::decode(std::uint64_t address) const {
  DramAddress result;
  result.channel = static_cast<int>(gather(channel_, address));
  result.rank = static_cast<int>(gather(rank_, address));
  result.bank_group = static_cast<int>(gather(bank_group_, address));
  result.bank = static_cast<int>(gather(bank_, address));
  result.row = static_cast<std::int64_t>(gather(row_, address));
  result.column = static_cast<std::int64_t>(gather(column_, address));
  return result;
}

const std::array<AddressFieldName, 6>& address_fields() {
  static const std::array<AddressFieldName, 6> fields = {{
      {"channel", &AddressMap::channel, [](const DramSpec& s) { return std::int64_t{s.channels}; }},
      {"rank", &AddressMap::rank, [](const DramSpec& s) { return std::int64_t{s.ranks}; }},
      {"bank_group", &AddressMap::bank_group,
       [](const DramSpec& s) { return std::int64_t{s.bank_groups}; }},
      {"bank", &AddressMap::bank,
       [](const DramSpec& s) { return std::int64_t{s.banks_per_group}; }},
      {"row", &AddressMap::row, [](const DramSpec& s) { return s.rows; }},
      {"column", &AddressMap::column, [](const DramSpec& s) { return s.bursts_per_row(); }},
  }};
  return fields;
}

int exact_log2(std::int64_t value) {
  int log = 0;
  while (value > 1 && value % 2 == 0) {
    value /= 2;
    ++log;
  }
  return value == 1 ? log : -1;
}

bool counts_are_powers_of_two(const DramSpec& spec) {
  return exact_log2(spec.burst_bytes()) >= 0 && exact_log2(spec.burst_length) >= 0 &&
         std::all_of(
             address_fields().begin(), address_fields().end(),
             [&](const AddressFieldName& field) { return exact_log2(field.places(spec)) >= 0; });
}

AddressMap ordered_map(const std::vector<AddressPart>& parts, const DramSpec& spec) {
  AddressMap map;
  int bit = exact_log2(spec.burst_bytes());
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    std::vector<std::vector<int>>& bits = (map.*part->field->field).bits;
    const int left = exact_log2(part->field->places(spec)) - static_cast<int>(bits.size());
    const int taken = part->bits == 0 ? left : std::min(part->bits, left);
    for (int i = 0; i < taken; ++i) bits.push_back({bit++});
  }
  return map;
}

}  // namespace qnnsim
