# Debian's slim base and not Alpine's: the tests run on its libc.
FROM python:3.13-slim AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY emulator emulator
RUN pip wheel --no-cache-dir --no-deps --wheel-dir dist . \
    && python -m venv --without-pip /opt/sqs-emulator \
    && pip --python /opt/sqs-emulator/bin/python install --no-cache-dir dist/*.whl

FROM python:3.13-slim
COPY --from=build /opt/sqs-emulator /opt/sqs-emulator
COPY docker/healthcheck.py /opt/sqs-emulator/healthcheck.py
ENV PATH=/opt/sqs-emulator/bin:$PATH
ENV PYTHONUNBUFFERED=1
ENV SQS_EMULATOR_HOST=0.0.0.0
USER 10001:10001
EXPOSE 9324
HEALTHCHECK --interval=3s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-IS", "/opt/sqs-emulator/healthcheck.py"]
ENTRYPOINT ["sqs-emulator"]
CMD ["serve"]
