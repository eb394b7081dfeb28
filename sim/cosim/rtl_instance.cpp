// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/rtl_instance.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sim/cosim/wire_bits.h"

namespace qnnsim {
namespace {

/// How many bytes Verilator stores a port of `bits` in.
std::size_t stored_bytes(int bits) {
  if (bits <= 8) return 1;
  if (bits <= 16) return 2;
  if (bits <= 32) return 4;
  if (bits <= 64) return 8;
  return 4 * static_cast<std::size_t>((bits + 31) / 32);
}

/// Changes the working directory for a while.
class WorkingDirectory {
 public:
  explicit WorkingDirectory(const std::string& path) {
    if (path.empty()) return;
    previous_ = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (previous_ < 0 || chdir(path.c_str()) != 0) {
      throw RtlError(fmt::format("cannot enter '{}': {}", path, std::strerror(errno)));
    }
  }
  ~WorkingDirectory() {
    if (previous_ < 0) return;
    if (fchdir(previous_) != 0) std::abort();
    close(previous_);
  }
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;

 private:
  int previous_ = -1;
};

}  // namespace

RtlInstance::RtlInstance(const std::string& name, const CompiledRtl& compiled,
                         std::vector<Port> inputs, std::vector<Port> outputs, const PortMap& map,
                         const std::string& directory)
    : name_(name), ports_(compiled.ports) {
  load(compiled.library);
  kernel_ = api_.qnn_create();
  stopped_ = api_.qnn_stopped(kernel_);

  int pin = 0;
  const auto next_pin = [&] { return static_cast<unsigned char*>(api_.qnn_port(kernel_, pin++)); };
  for (std::size_t i = 0; i <= ports_.more_clocks.size(); ++i) {
    clocks_.push_back(next_pin());
  }
  if (!ports_.reset.empty()) reset_ = next_pin();
  in_ = bind(ports_.inputs, inputs, pin);
  out_ = bind(ports_.outputs, outputs, pin);
  for (const RtlPin& idle : ports_.idle_inputs) {
    const std::size_t bytes = stored_bytes(idle.width_bits);
    unsigned char* where = next_pin();
    std::memset(where, 0, bytes);
    const auto constant = map.constants.find(idle.name);
    if (constant == map.constants.end()) continue;
    std::memcpy(where, &constant->second, std::min(bytes, sizeof constant->second));
  }

  const WorkingDirectory working(directory);
  reset();
  // Verilator only warns of a memory file that is not there.
  if (stopped() || said().find("$readmem file not found") != std::string::npos) {
    const std::string where = directory.empty() ? "" : fmt::format(" in '{}'", directory);
    throw RtlError(fmt::format("{}: the RTL refuses to start{}:\n{}", name_, where, said()));
  }
}

RtlInstance::~RtlInstance() {
  if (kernel_ != nullptr) api_.qnn_destroy(kernel_);
  if (library_ != nullptr) dlclose(library_);
}

void RtlInstance::load(const std::string& library) {
  library_ = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ == nullptr) throw RtlError(fmt::format("{}: cannot load: {}", name_, dlerror()));
  const auto find = [&](auto& function, const char* symbol) {
    void* address = dlsym(library_, symbol);
    if (address == nullptr) {
      throw RtlError(fmt::format("{}: '{}' has no function {}", name_, library, symbol));
    }
    std::memcpy(&function, &address, sizeof address);
  };
  find(api_.qnn_create, "qnn_create");
  find(api_.qnn_destroy, "qnn_destroy");
  find(api_.qnn_eval, "qnn_eval");
  find(api_.qnn_port, "qnn_port");
  find(api_.qnn_stopped, "qnn_stopped");
  find(api_.qnn_said, "qnn_said");
}

std::vector<RtlInstance::Stream> RtlInstance::bind(const std::vector<RtlStream>& streams,
                                                   const std::vector<Port>& ports, int& pin) {
  const auto shape = [](std::size_t count) {
    return fmt::format("{} stream{}", count, count == 1 ? "" : "s");
  };
  if (streams.size() != ports.size()) {
    throw RtlError(fmt::format("{}: the RTL has {} where the layer has {}", name_,
                               shape(streams.size()), shape(ports.size())));
  }
  std::vector<Stream> bound;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (streams[i].width_bits < ports[i].width_bits()) {
      throw RtlError(fmt::format("{}: {} has {} bits, but a beat of the layer has {} ({} x {})",
                                 name_, streams[i].data, streams[i].width_bits,
                                 ports[i].width_bits(), ports[i].lanes, ports[i].type.name()));
    }
    Stream stream;
    stream.port = ports[i];
    stream.bytes = stored_bytes(streams[i].width_bits);
    for (unsigned char** where : {&stream.data, &stream.valid, &stream.ready}) {
      *where = static_cast<unsigned char*>(api_.qnn_port(kernel_, pin++));
    }
    stream.words.resize(
        std::max(words_for(streams[i].width_bits), words_for(ports[i].width_bits())));
    // A pattern in every bit that belongs to the beat; bits above a port's width must stay 0.
    stream.poison.resize(stream.words.size());
    pack_lanes(std::vector<Value>(stream.port.lanes, 0x55555555).data(), stream.port.lanes,
               stream.port.type, stream.poison.data());
    bound.push_back(std::move(stream));
  }
  return bound;
}

void RtlInstance::reset() {
  // Long enough for a synchroniser of the reset.
  constexpr int kCycles = 16;
  for (std::size_t i = 0; i < in_.size(); ++i) {
    *in_[i].valid = 1;
    withdraw(i);
  }
  for (Stream& stream : out_) *stream.ready = 0;
  drive_clock(0);
  if (reset_ != nullptr) *reset_ = ports_.reset_active_low ? 0 : 1;
  for (int cycle = 0; cycle < kCycles; ++cycle) {
    settle();
    clock_edge();
  }
  settle();
  if (reset_ != nullptr) *reset_ = ports_.reset_active_low ? 1 : 0;
}

void RtlInstance::offer(std::size_t input, const Value* beat) {
  Stream& stream = in_[input];
  pack_lanes(beat, stream.port.lanes, stream.port.type, stream.words.data());
  std::memcpy(stream.data, stream.words.data(), stream.bytes);
  *stream.valid = 1;
}

void RtlInstance::withdraw(std::size_t input) {
  Stream& stream = in_[input];
  if (*stream.valid == 0) return;
  *stream.valid = 0;
  std::memcpy(stream.data, stream.poison.data(), stream.bytes);
}

void RtlInstance::read(std::size_t output, Value* beat) {
  Stream& stream = out_[output];
  std::memcpy(stream.words.data(), stream.data, stream.bytes);
  unpack_lanes(stream.words.data(), stream.port.lanes, stream.port.type, beat);
}

}  // namespace qnnsim
