import errno

import pytest

from dataml_lab.grading.engine.seccomp import FORBIDDEN, MACHINES, program

ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE = {error: 0x50000 | error for error in (errno.EPERM, errno.ENOSYS, errno.EAFNOSUPPORT, errno.EINVAL)}


def verdict(machine, number, *arguments, audit=None):
    """What a filter gives for a call: the slow and obvious machine that its steps are written for."""
    words = {0: number, 4: audit or MACHINES[machine].audit}
    for place, argument in enumerate((*arguments, 0, 0, 0, 0, 0, 0)[:6]):
        words[16 + 8 * place], words[20 + 8 * place] = argument & 0xFFFFFFFF, argument >> 32
    value, at, steps = 0, 0, program(machine)
    while True:
        operation, if_true, if_false, operand = steps[at]
        if operation == 0x06:
            return operand
        at += 1
        if operation == 0x20:
            value = words[operand]
        else:
            true = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[operation]
            at += if_true if true else if_false


@pytest.mark.parametrize("machine", MACHINES)
def test_forbidden_calls_are_refused_and_all_others_made(machine):
    column, this = list(MACHINES).index(machine), MACHINES[machine]
    forbidden = {numbers[column] for numbers in FORBIDDEN.values()}
    looked_at = {this.clone, this.socket, this.ioctl, this.shmget, 435}
    for number in set(range(600)) - looked_at:
        assert verdict(machine, number) == (REFUSE[errno.EPERM] if number in forbidden else ALLOW), number


@pytest.mark.parametrize("machine", MACHINES)
def test_arguments_decide(machine):
    this = MACHINES[machine]
    refused = [
        (errno.ENOSYS, 435), (errno.EPERM, this.clone, 0x10000011), (errno.EPERM, this.clone, 0x40000000),
        (errno.EPERM, this.ioctl, 0, 0x5412), (errno.EPERM, this.ioctl, 0, 0x541C),
        (errno.EPERM, this.ioctl, 0, 0x100005412),  # the kernel looks at 32 bits of it
        (errno.EINVAL, this.shmget, 0, 65537), (errno.EINVAL, this.shmget, 0, 1 << 32),
        (errno.EAFNOSUPPORT, this.socket, 17, 3), (errno.EAFNOSUPPORT, this.socket, 16, 3, 9),
    ]  # fmt: skip
    made = [(this.clone, 17), (this.clone, 0x3D0F00), (this.ioctl, 0, 0x5401), (this.shmget, 0, 56),
            (this.socket, 1, 1), (this.socket, 2, 2), (this.socket, 10, 1), (this.socket, 16, 3, 0)]  # fmt: skip
    assert [verdict(machine, *call) for _, *call in refused] == [REFUSE[error] for error, *_ in refused]
    assert [verdict(machine, *call) for call in made] == [ALLOW] * len(made)


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_another_machine_are_deadly(machine):
    assert verdict(machine, 1, audit=0x40000003) == KILL and verdict(machine, 0x40000001) == KILL
