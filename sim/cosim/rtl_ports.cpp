// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/rtl_ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <set>
#include <utility>

#include "sim/cosim/module_ports.h"
#include "sim/cosim/port_names.h"
#include "sim/diagnostics.h"

namespace qnnsim {
namespace {

bool is_plain_name(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

/// Ports that seem to belong to one stream.
struct Candidate {
  std::string prefix;
  bool is_input = true;
  bool is_axi = false;
  const ModulePort* data = nullptr;
  const ModulePort* valid = nullptr;
  const ModulePort* ready = nullptr;

  std::vector<const ModulePort*> parts() const {
    std::vector<const ModulePort*> result = {data, valid, ready};
    result.erase(std::remove(result.begin(), result.end(), nullptr), result.end());
    return result;
  }
  void set(StreamName::Role role, const ModulePort* port) {
    (role == StreamName::Role::kData    ? data
     : role == StreamName::Role::kValid ? valid
                                        : ready) = port;
  }
  bool has_address_only() const { return valid != nullptr && ready != nullptr && data == nullptr; }
};

/// Is it channel AW, W, B, AR or R of an AXI4 or AXI-Lite bus? They look like streams, but the
/// address channels carry no data.
bool is_bus_channel(const Candidate& candidate, const std::vector<Candidate>& all) {
  static const std::pair<const char*, const char*> channels[] = {
      {"aw", "aw"}, {"w", "aw"}, {"b", "aw"}, {"ar", "ar"}, {"r", "ar"}};
  const std::string prefix = lower_case(candidate.prefix);
  for (const std::pair<std::string, std::string> channel : channels) {
    if (!ends_with(prefix, channel.first)) continue;
    const std::string base = prefix.substr(0, prefix.size() - channel.first.size());
    for (const Candidate& other : all) {
      if (other.has_address_only() && lower_case(other.prefix) == base + channel.second) {
        return true;
      }
    }
  }
  return false;
}

/// The streams that the names of `ports` tell of, whole or not.
std::vector<Candidate> streams_by_name(const std::vector<const ModulePort*>& ports) {
  std::vector<Candidate> all;
  for (const ModulePort* port : ports) {
    const StreamName name = stream_name(port->name);
    if (name.role == StreamName::Role::kNone) continue;
    const bool is_input = port->is_input() == (name.role != StreamName::Role::kReady);
    auto known = std::find_if(all.begin(), all.end(), [&](const Candidate& candidate) {
      return candidate.prefix == name.prefix && candidate.is_input == is_input;
    });
    if (known == all.end()) known = all.insert(all.end(), Candidate{name.prefix, is_input});
    known->set(name.role, port);
    known->is_axi |= name.is_axi;
  }
  std::vector<Candidate> streams;
  for (const Candidate& candidate : all) {
    // One port alone that is called "valid" may mean anything.
    const bool is_stream = candidate.is_axi || candidate.parts().size() > 1;
    if (is_stream && !is_bus_channel(candidate, all)) streams.push_back(candidate);
  }
  return streams;
}

/// What the ports of `stream` have in common; the first one's name where that is nothing, or where
/// a stream of the other direction has it too.
std::string name_of(const Candidate& stream, const std::vector<Candidate>& all) {
  const auto namesakes = std::count_if(all.begin(), all.end(), [&](const Candidate& other) {
    return other.prefix == stream.prefix;
  });
  return stream.prefix.empty() || namesakes > 1 ? stream.parts().front()->name : stream.prefix;
}

/// Sorts the ports of one module by what they are for, and collects what is wrong with them.
class PortFinder {
 public:
  PortFinder(const std::vector<ModulePort>& ports, const PortMap& map) : ports_(ports), map_(map) {}

  RtlPorts find() {
    check_kinds();
    find_clock();
    find_reset();
    find_streams();
    find_idle();
    check_constants();
    return std::move(found_);
  }

  const std::vector<std::string>& problems() const { return problems_; }

 private:
  void check_kinds() {
    for (const ModulePort& port : ports_) {
      if (port.direction == ModulePort::Direction::kInout) {
        complain("'{}' is an inout, which cannot be driven", port.name);
      } else if (port.is_input() && port.width_bits == 0) {
        complain("the input '{}' is no vector of bits", port.name);
      } else if (!is_plain_name(port.name)) {
        complain("the name '{}' has other characters than letters, digits and _", port.name);
      }
    }
  }

  void find_clock() {
    found_.clock = map_.clock;
    if (map_.clock.empty()) {
      found_.clock = flag_named("clock", "ap_clk", is_clock_name);
      if (found_.clock.empty()) {
        complain("no clock was found (ap_clk, aclk, clk, clock); name it in 'ports: {{clock: }}'");
      }
    } else {
      use_flag("the clock", map_.clock);
    }
    for (const std::string& name : map_.more_clocks) use_flag("a clock", name);
    found_.more_clocks = map_.more_clocks;
  }

  void find_reset() {
    found_.reset = map_.reset;
    if (map_.reset.empty()) {
      found_.reset = flag_named("reset", "ap_rst_n", [](const std::string& name) {
        return reset_is_active_low(name).has_value();
      });
    } else {
      use_flag("the reset", map_.reset);
    }
    if (found_.reset.empty()) return;
    const auto told =
        map_.reset_active_low ? map_.reset_active_low : reset_is_active_low(found_.reset);
    found_.reset_active_low = told.value_or(true);
    if (!told) {
      complain(
          "whether the reset '{}' is active low does not show in its name; say so in 'ports: "
          "{{reset_active: low}}'",
          found_.reset);
    }
  }

  /// The input of one bit with a name that `fits`; of several, `favourite`. Empty without any.
  std::string flag_named(const char* what, const std::string& favourite,
                         const std::function<bool(const std::string&)>& fits) {
    std::vector<std::string> names;
    for (const ModulePort& port : ports_) {
      if (port.is_input() && port.width_bits == 1 && fits(port.name)) names.push_back(port.name);
    }
    for (const std::string& name : names) {
      if (lower_case(name) == favourite) names = {name};
    }
    if (names.empty()) return {};
    if (names.size() > 1) {
      complain("more than one port may be the {}: {}; name it in 'ports: {{{}: }}'", what,
               join(names), what);
    }
    used_.insert(names.begin(), names.end());
    return names.front();
  }

  /// Notes that the input `name`, as the user says, is `what`.
  void use_flag(const char* what, const std::string& name) {
    const ModulePort* port = find_port(name);
    if (port != nullptr && (!port->is_input() || port->width_bits != 1)) {
      complain("'{}' cannot be {}: it is no input of one bit", name, what);
    }
    used_.insert(name);
  }

  void find_streams() {
    const std::vector<Candidate> by_name = streams_by_name(unused());
    if (by_name.empty() && map_.streams.empty()) {
      complain(
          "no AXI-Stream was found (*_tdata, *_tvalid, *_tready); name its ports in 'ports: "
          "{{streams: }}'");
    }
    if (map_.streams.empty()) {
      for (const Candidate& stream : by_name) add_stream(name_of(stream, by_name), stream);
    }
    for (const PortMap::Stream& given : map_.streams) {
      Candidate stream = given_stream(given);
      const auto known = std::find_if(by_name.begin(), by_name.end(), [&](const Candidate& c) {
        return c.prefix == given.name || name_of(c, by_name) == given.name;
      });
      if (known != by_name.end()) complete(stream, *known);
      add_stream(given.name, stream);
    }
  }

  Candidate given_stream(const PortMap::Stream& given) {
    Candidate stream;
    if (!given.data.empty()) stream.data = find_port(given.data);
    if (!given.valid.empty()) stream.valid = find_port(given.valid);
    if (!given.ready.empty()) stream.ready = find_port(given.ready);
    return stream;
  }

  static void complete(Candidate& stream, const Candidate& known) {
    if (stream.data == nullptr) stream.data = known.data;
    if (stream.valid == nullptr) stream.valid = known.valid;
    if (stream.ready == nullptr) stream.ready = known.ready;
  }

  void add_stream(const std::string& name, const Candidate& stream) {
    for (const ModulePort* port : stream.parts()) {
      if (!used_.insert(port->name).second) complain("'{}' has two uses", port->name);
    }
    if (!is_sound(name, stream)) return;
    auto& streams = stream.valid->is_input() ? found_.inputs : found_.outputs;
    streams.push_back(
        {name, stream.data->name, stream.valid->name, stream.ready->name, stream.data->width_bits});
  }

  bool is_sound(const std::string& name, const Candidate& stream) {
    std::vector<std::string> missing;
    if (stream.data == nullptr) missing.emplace_back("data");
    if (stream.valid == nullptr) missing.emplace_back("valid");
    if (stream.ready == nullptr) missing.emplace_back("ready");
    if (!missing.empty()) {
      complain("the stream '{}' has no port for {}", name, join(missing, " and "));
      return false;
    }
    const std::size_t before = problems_.size();
    if (stream.data->direction != stream.valid->direction ||
        stream.ready->direction == stream.valid->direction) {
      complain("data and valid of the stream '{}' must go one way and ready the other", name);
    }
    for (const ModulePort* flag : {stream.valid, stream.ready}) {
      if (flag->width_bits != 1) complain("'{}' is not one bit wide", flag->name);
    }
    if (stream.data->width_bits == 0 && !stream.data->is_input()) {
      complain("'{}' is no vector of bits", stream.data->name);
    }
    return problems_.size() == before;
  }

  void find_idle() {
    for (const ModulePort* port : unused()) {
      auto& pins = port->is_input() ? found_.idle_inputs : found_.idle_outputs;
      pins.push_back({port->name, port->width_bits});
    }
  }

  void check_constants() {
    for (const auto& [name, value] : map_.constants) {
      const ModulePort* port = find_port(name);
      if (port == nullptr) continue;
      const bool is_free = port->is_input() && used_.count(name) == 0;
      if (!is_free) {
        complain("'{}' cannot be a constant: it is an output or has another use", name);
      } else if (port->width_bits < 64 && value >> port->width_bits != 0) {
        complain("the constant {} does not fit into '{}'", value, declaration(*port));
      }
    }
  }

  std::vector<const ModulePort*> unused() const {
    std::vector<const ModulePort*> result;
    for (const ModulePort& port : ports_) {
      if (used_.count(port.name) == 0) result.push_back(&port);
    }
    return result;
  }

  /// The port `name`, which the user gave; nullptr and a problem if there is none.
  const ModulePort* find_port(const std::string& name) {
    std::vector<std::string> names;
    for (const ModulePort& port : ports_) {
      if (port.name == name) return &port;
      names.push_back(port.name);
    }
    const std::string near = closest(name, names);
    complain("there is no port '{}'{}", name,
             near.empty() ? "" : fmt::format(", did you mean '{}'?", near));
    return nullptr;
  }

  template <typename... Args>
  void complain(fmt::format_string<Args...> format, Args&&... args) {
    problems_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  const std::vector<ModulePort>& ports_;
  const PortMap& map_;
  RtlPorts found_;
  std::set<std::string> used_;  ///< ports that are clock, reset or part of a stream
  std::vector<std::string> problems_;
};

std::string message(const std::string& top, const std::vector<ModulePort>& ports,
                    const std::vector<std::string>& problems) {
  std::vector<std::string> declarations;
  declarations.reserve(ports.size());
  for (const ModulePort& port : ports) declarations.push_back(declaration(port));
  return fmt::format("module '{}' cannot be driven:\n  {}\n  its ports: {}", top,
                     join(problems, "\n  "), ports.empty() ? "none" : join(declarations));
}

}  // namespace

RtlPorts find_ports(const std::string& xml, const std::string& top, const PortMap& map) {
  const std::vector<ModulePort> ports = read_module_ports(xml, top);
  PortFinder finder(ports, map);
  RtlPorts found = finder.find();
  if (!finder.problems().empty()) throw RtlPortError(message(top, ports, finder.problems()));
  return found;
}

}  // namespace qnnsim
