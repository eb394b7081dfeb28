// SPDX-License-Identifier: Apache-2.0
//
// What a kernel costs a clock cycle: as a model, as RTL in a bare Verilator loop, as RTL behind
// FIFOs, and as model and RTL in lockstep. Kernels as large as those of published networks, never
// starved and never blocked.
//
//   cosim --benchmark_filter=mvu
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "models/add.h"
#include "models/concat.h"
#include "models/fork.h"
#include "models/global_pool.h"
#include "models/mvu.h"
#include "models/pad.h"
#include "models/pool.h"
#include "models/scale_bias.h"
#include "models/sliding_window.h"
#include "models/thresholding.h"
#include "models/top_k.h"
#include "models/upsample.h"
#include "models/vvu.h"
#include "models/weight_memory.h"
#include "models/width_converter.h"
#include "sim/cosim/cosim.h"
#include "sim/cosim/rtl_kernel.h"
#include "sim/cosim/wire_bits.h"
#include "sim/installation.h"
#include "sim/output_file.h"

namespace qnnsim {
namespace {

std::vector<Value> draw(std::size_t count, DataType type) {
  std::mt19937_64 engine(1);
  std::uniform_int_distribution<std::int64_t> any(type.min(), type.max());
  std::vector<Value> values(count);
  for (Value& value : values) {
    value = static_cast<Value>(any(engine));
    if (type.is_bipolar()) value = value < 0 ? -1 : 1;
  }
  return values;
}

struct Example {
  const char* name;
  std::unique_ptr<Kernel> (*make)();
};

/// The sizes of CNV-W1A1's second convolution (FINN-examples' folding), MobileNet's and
/// ResNet-50's.
const std::vector<Example>& examples() {
  static const std::vector<Example> all = {
      {"pad/8xUINT4",
       []() -> std::unique_ptr<Kernel> {
         PadParams p;
         p.height = p.width = 28;
         p.channels = 64;
         p.simd = 8;
         p.top = p.bottom = p.left = p.right = 1;
         p.type = DataType::unsigned_integer(4);
         return std::make_unique<Pad>(p);
       }},
      {"swg/3x3,32xBIPOLAR",
       []() -> std::unique_ptr<Kernel> {
         SlidingWindowParams p;
         p.height = p.width = 30;
         p.channels = 64;
         p.simd = 32;
         p.kernel_h = p.kernel_w = 3;
         return std::make_unique<SlidingWindow>(p);
       }},
      {"mvu/32x32,BIPOLAR",
       []() -> std::unique_ptr<Kernel> {
         MvuParams p;
         p.rows = 64;
         p.columns = 576;
         p.pe = p.simd = 32;
         p.vectors = 784;
         p.output_type = DataType::signed_integer(16);
         return std::make_unique<Mvu>(p, draw(64 * 576, p.weight_type));
       }},
      {"mvu/16x16,INT4xUINT4",
       []() -> std::unique_ptr<Kernel> {
         MvuParams p;
         p.rows = 128;
         p.columns = 128;
         p.pe = p.simd = 16;
         p.vectors = 784;
         p.input_type = DataType::unsigned_integer(4);
         p.weight_type = DataType::signed_integer(4);
         p.output_type = DataType::signed_integer(16);
         return std::make_unique<Mvu>(p, draw(128 * 128, p.weight_type));
       }},
      {"vvu/8x9,INT4xUINT4",
       []() -> std::unique_ptr<Kernel> {
         VvuParams p;
         p.channels = 64;
         p.window = 9;
         p.pe = 8;
         p.simd = 9;
         p.pixels = 784;
         p.input_type = DataType::unsigned_integer(4);
         p.weight_type = DataType::signed_integer(4);
         p.output_type = DataType::signed_integer(12);
         return std::make_unique<Vvu>(p, draw(64 * 9, p.weight_type));
       }},
      {"threshold/16xUINT4",
       []() -> std::unique_ptr<Kernel> {
         ThresholdingParams p;
         p.channels = 64;
         p.pe = 16;
         p.steps = 15;
         p.pixels = 784;
         p.input_type = DataType::signed_integer(16);
         p.output_type = DataType::unsigned_integer(4);
         std::vector<Value> levels;
         for (int channel = 0; channel < 64; ++channel) {
           for (int step = 0; step < 15; ++step) levels.push_back((step - 7) * 2000 + channel);
         }
         return std::make_unique<Thresholding>(p, levels);
       }},
      {"pool/8xUINT4",
       []() -> std::unique_ptr<Kernel> {
         PoolParams p;
         p.channels = 64;
         p.window = 4;
         p.pe = 8;
         p.pixels = 196;
         p.input_type = p.output_type = DataType::unsigned_integer(4);
         return std::make_unique<Pool>(p);
       }},
      {"global_pool/8xUINT4",
       []() -> std::unique_ptr<Kernel> {
         GlobalPoolParams p;
         p.channels = 64;
         p.pe = 8;
         p.pixels = 49;
         p.mode = PoolMode::kSum;
         p.input_type = DataType::unsigned_integer(4);
         p.output_type = DataType::unsigned_integer(10);
         return std::make_unique<GlobalPool>(p);
       }},
      {"add/16xINT8",
       []() -> std::unique_ptr<Kernel> {
         AddParams p;
         p.pe = 16;
         p.beats = 784;
         p.input_types = {DataType::signed_integer(8), DataType::signed_integer(8)};
         p.output_type = DataType::signed_integer(9);
         return std::make_unique<Add>(p);
       }},
      {"concat/16xUINT4",
       []() -> std::unique_ptr<Kernel> {
         ConcatParams p;
         p.channels = {32, 32};
         p.input_types = {DataType::unsigned_integer(4), DataType::unsigned_integer(4)};
         p.pe = 16;
         p.pixels = 784;
         p.output_type = DataType::unsigned_integer(4);
         return std::make_unique<Concat>(p);
       }},
      {"fork/16xUINT4",
       []() -> std::unique_ptr<Kernel> {
         ForkParams p;
         p.lanes = 16;
         p.beats = 784;
         p.type = DataType::unsigned_integer(4);
         return std::make_unique<Fork>(p);
       }},
      {"upsample/16xUINT4",
       []() -> std::unique_ptr<Kernel> {
         UpsampleParams p;
         p.height = p.width = 14;
         p.channels = 32;
         p.pe = 16;
         p.scale_h = p.scale_w = 2;
         p.type = DataType::unsigned_integer(4);
         return std::make_unique<Upsample>(p);
       }},
      {"scale_bias/16xINT8",
       []() -> std::unique_ptr<Kernel> {
         ScaleBiasParams p;
         p.channels = 64;
         p.pe = 16;
         p.pixels = 784;
         p.output_type = DataType::signed_integer(18);
         const DataType type = DataType::signed_integer(8);
         return std::make_unique<ScaleBias>(p, draw(64, type), draw(64, type));
       }},
      {"dwc/8to32xUINT4",
       []() -> std::unique_ptr<Kernel> {
         WidthConverterParams p;
         p.lanes_in = 8;
         p.lanes_out = 32;
         p.elements = 3200;
         p.type = DataType::unsigned_integer(4);
         return std::make_unique<WidthConverter>(p);
       }},
      {"top_k/1000xINT16",
       []() -> std::unique_ptr<Kernel> {
         TopKParams p;
         p.channels = 1000;
         p.k = 5;
         p.input_type = DataType::signed_integer(16);
         return std::make_unique<TopK>(p);
       }},
      {"weights/256xINT4",
       []() -> std::unique_ptr<Kernel> {
         WeightMemoryParams p;
         p.lanes = 256;
         p.tiles = 64;
         p.beats = 784;
         p.type = DataType::signed_integer(4);
         return std::make_unique<WeightMemory>(p, draw(256 * 64, p.type));
       }},
  };
  return all;
}

constexpr std::size_t kBeats = 64;  ///< different ones, again and again

std::vector<Value> beats_of(const Port& port) { return draw(kBeats * port.lanes, port.type); }

/// Keeps the inputs of a kernel full and its outputs empty.
class Treadmill {
 public:
  explicit Treadmill(Kernel& kernel) : kernel_(kernel) {
    for (std::size_t i = 0; i < kernel.inputs().size(); ++i) {
      beats_.push_back(beats_of(kernel.inputs()[i]));
      in_.push_back(std::make_unique<Fifo>(2, kernel.inputs()[i].lanes, commits_));
      kernel.connect_input(i, *in_.back());
    }
    for (std::size_t i = 0; i < kernel.outputs().size(); ++i) {
      out_.push_back(std::make_unique<Fifo>(2, kernel.outputs()[i].lanes, commits_));
      kernel.connect_output(i, *out_.back());
    }
    for (auto* fifos : {&in_, &out_}) {
      for (auto& fifo : *fifos) fifo->carry_data();
    }
    kernel.carry_data();
  }

  void cycle() {
    for (std::size_t i = 0; i < in_.size(); ++i) {
      Fifo& fifo = *in_[i];
      if (!fifo.can_push()) continue;
      const Value* beat = &beats_[i][fifo.beats_in() % kBeats * fifo.lanes()];
      std::memcpy(fifo.push(), beat, sizeof(Value) * static_cast<std::size_t>(fifo.lanes()));
    }
    for (auto& fifo : out_) {
      if (fifo->can_pop()) fifo->pop();
    }
    kernel_.tick(now_);
    commits_.commit(now_++);
  }

 private:
  Kernel& kernel_;
  CommitList commits_{64};
  std::vector<std::vector<Value>> beats_;
  std::vector<std::unique_ptr<Fifo>> in_;
  std::vector<std::unique_ptr<Fifo>> out_;
  Cycle now_ = 0;
};

CompiledRtl compile(const std::string& name, const Kernel& kernel) {
  return RtlCache(cache_directory()).get(wrap_kernel(name, kernel, *kernel.rtl()));
}

/// The loop that one writes by hand around a verilated kernel: beats that are ready made, valid and
/// ready always high, two evaluations a cycle.
class BareLoop {
 public:
  BareLoop(const Kernel& kernel, const CompiledRtl& compiled) {
    void* library = dlopen(compiled.library.c_str(), RTLD_NOW);
    const auto find = [&](auto& function, const char* symbol) {
      void* address = dlsym(library, symbol);
      std::memcpy(&function, &address, sizeof address);
    };
    find(eval_, "qnn_eval");
    void* (*create)() = nullptr;
    void* (*port)(void*, int) = nullptr;
    find(create, "qnn_create");
    find(port, "qnn_port");
    kernel_ = create();
    int pin = 0;
    const auto next = [&] { return static_cast<unsigned char*>(port(kernel_, pin++)); };
    clock_ = next();
    unsigned char* reset = next();
    const auto bytes = [](std::int64_t bits) {
      const std::int64_t padded = (bits + 7) / 8 * 8;
      return padded <= 8    ? 1
             : padded <= 16 ? 2
             : padded <= 32 ? 4
             : padded <= 64 ? 8
                            : (padded + 31) / 32 * 4;
    };
    for (const Port& input : kernel.inputs()) {
      Stream stream;
      stream.bytes = static_cast<std::size_t>(bytes(input.width_bits()));
      stream.data = next();
      *next() = 1;
      next();
      const std::vector<Value> beats = beats_of(input);
      for (std::size_t beat = 0; beat < kBeats; ++beat) {
        std::vector<std::uint64_t> words(words_for(input.width_bits()) + 1);
        pack_lanes(&beats[beat * static_cast<std::size_t>(input.lanes)], input.lanes, input.type,
                   words.data());
        stream.beats.emplace_back(stream.bytes);
        std::memcpy(stream.beats.back().data(), words.data(), stream.bytes);
      }
      in_.push_back(std::move(stream));
    }
    for (std::size_t i = 0; i < kernel.outputs().size(); ++i) {
      next();
      next();
      *next() = 1;
    }
    *reset = 0;
    with_memories(*kernel.rtl(), [this] {
      for (int i = 0; i < 16; ++i) cycle();
    });
    *reset = 1;
  }

  void cycle() {
    for (Stream& stream : in_) {
      std::memcpy(stream.data, stream.beats[now_ % kBeats].data(), stream.bytes);
    }
    *clock_ = 0;
    eval_(kernel_);
    *clock_ = 1;
    eval_(kernel_);
    ++now_;
  }

 private:
  struct Stream {
    std::size_t bytes = 0;
    unsigned char* data = nullptr;
    std::vector<std::vector<unsigned char>> beats;
  };

  /// Calls `start` where the files of the memories are.
  template <typename Start>
  static void with_memories(const RtlModule& module, Start start) {
    namespace fs = std::filesystem;
    const fs::path previous = fs::current_path();
    const fs::path directory = fs::temp_directory_path() / "qnnsim-bench-memories";
    fs::create_directories(directory);
    fs::current_path(directory);
    for (const RtlMemory& memory : module.memories) {
      write_file_atomically(memory.file(), memory_text(memory));
    }
    start();
    fs::current_path(previous);
    fs::remove_all(directory);
  }

  void (*eval_)(void*) = nullptr;
  void* kernel_ = nullptr;
  unsigned char* clock_ = nullptr;
  std::vector<Stream> in_;
  std::uint64_t now_ = 0;
};

template <typename Loop>
void measure(benchmark::State& state, Loop& loop) {
  constexpr int kBatch = 1000;
  for (auto _ : state) {
    for (int i = 0; i < kBatch; ++i) loop.cycle();
  }
  state.SetItemsProcessed(state.iterations() * kBatch);
}

void add_benchmarks(const Example& example) {
  const std::string name = example.name;
  benchmark::RegisterBenchmark((name + "/model").c_str(), [=](benchmark::State& state) {
    const auto kernel = example.make();
    Treadmill treadmill(*kernel);
    measure(state, treadmill);
  });
  benchmark::RegisterBenchmark((name + "/bare_rtl").c_str(), [=](benchmark::State& state) {
    const auto kernel = example.make();
    BareLoop loop(*kernel, compile(name, *kernel));
    measure(state, loop);
  });
  benchmark::RegisterBenchmark((name + "/rtl").c_str(), [=](benchmark::State& state) {
    auto kernel = example.make();
    auto instance = instantiate(name, *kernel, *kernel->rtl(), compile(name, *kernel));
    RtlKernel rtl(std::move(kernel), std::move(instance),
                  [](Cycle, const std::string&) { std::abort(); });
    Treadmill treadmill(rtl);
    measure(state, treadmill);
  });
  benchmark::RegisterBenchmark((name + "/lockstep").c_str(), [=](benchmark::State& state) {
    auto kernel = example.make();
    auto instance = instantiate(name, *kernel, *kernel->rtl(), compile(name, *kernel));
    LockstepKernel lockstep(name, std::move(kernel), std::move(instance),
                            std::make_shared<bool>(false));
    Treadmill treadmill(lockstep);
    measure(state, treadmill);
    if (!lockstep.report().agrees()) state.SkipWithError("model and RTL differ");
  });
}

}  // namespace
}  // namespace qnnsim

int main(int argc, char** argv) {
  for (const qnnsim::Example& example : qnnsim::examples()) qnnsim::add_benchmarks(example);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
