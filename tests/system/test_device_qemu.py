"""A second opinion on the emulated microcontroller: QEMU runs the same firmware, from reset, on a board of its own."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from labsupport import datasets, device
from labsupport.device import build, networks

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not build.is_here(), reason="no compiler or emulator for this machine"),
]
BOARD = device.Part("STM32F405", 1024 * 1024, 128 * 1024)

# A vector table; a reset that copies the image in, runs the network, and prints the scores through semihosting.
START = """
#define INPUT {input}
#define OUTPUT {output}
static const int8_t image[] = {{{image}}};
void reset(void);
__attribute__((section(".vectors"), used)) static void *const vectors[] = {{(void *)(0x20000000 + {stack}), reset}};
static void debugger(int operation, const void *argument) {{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}}
void reset(void) {{
    for (int i = 0; i < {size}; i++) arena[INPUT + i] = image[i];
    infer();
    for (int i = 0; i < {scores}; i++) {{
        char text[6] = " +000";
        int value = arena[OUTPUT + i];
        text[1] = value < 0 ? '-' : '+';
        if (value < 0) value = -value;
        for (int at = 4; at > 1; at--, value /= 10) text[at] = '0' + value % 10;
        debugger(4, text);
    }}
    debugger(0x18, (void *)0x20026);
}}
"""


@pytest.mark.parametrize("kernels", ["im2col", "smlad"])
def test_qemu_computes_the_same_scores(tmp_path, kernels):
    assert shutil.which("qemu-system-arm"), "install the Debian package qemu-system-arm"
    network = device.read(networks.searched())
    images = datasets.load("cifar10_mini", "validation")
    image = images.normalise(images.images[:1])[0].numpy()
    firmware = device.Firmware(network, BOARD, kernels)
    codes = firmware.codes(image)
    start = START.format(
        input=firmware.offsets[network.input],
        output=firmware.offsets[network.output],
        image=",".join(map(str, codes.ravel())),
        stack=device.CORTEX_M4.stack_bytes,
        size=codes.size,
        scores=network.sizes[network.output],
    )
    program = tmp_path / "program.elf"
    program.write_bytes(build.build(device.to_c(network, kernels) + start, "reset", BOARD))
    command = ["qemu-system-arm", "-M", "netduinoplus2", "-nographic", "-semihosting-config", "enable=on,target=native"]
    done = subprocess.run(
        [*command, "-kernel", program],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    found = [int(number) for number in re.findall(r"[+-]\d{3}", done.stdout + done.stderr)]
    assert np.array_equal(found, firmware.scores(image)), done.stdout + done.stderr
